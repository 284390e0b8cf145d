// Containers that systemd makes the cgroup for, and what it knows of their units.

import { execFileSync, spawnSync } from "node:child_process";
import type { Edit } from "./bundle.ts";
import { type Commanded, commanded } from "./commands.ts";
import type { Container } from "./container.ts";
import { idle } from "./exec.ts";
import type { Sandbox } from "./sandbox.ts";

/** The runtime's global option. */
export const GLOBAL = ["--systemd-cgroup"];

export interface Scoped extends Container {
  readonly unit: string;
}

/** A container whose first process is idle in `spec-TOKEN.scope` of system.slice. */
export async function inScope(t: Sandbox, edit?: Edit): Promise<Scoped> {
  const container = await idle(t, withPath(t, edit), { global: GLOBAL });
  return { ...container, unit: unitOf(t) };
}

/** One that does what it is told. */
export async function commandedInScope(t: Sandbox, edit?: Edit): Promise<Commanded> {
  return commanded(t, withPath(t, edit), { global: GLOBAL });
}

export function unitOf(t: Sandbox): string {
  return `spec-${t.token}.scope`;
}

function withPath(t: Sandbox, edit?: Edit): Edit {
  return (config, bundle) => {
    config.linux.cgroupsPath = `system.slice:spec:${t.token}`;
    edit?.(config, bundle);
  };
}

/** Properties as systemctl(1) prints them. */
export function show(unit: string, ...names: string[]): Record<string, string> {
  const text = systemctl("show", unit, "--property", names.join(","));
  const lines = text.trim().split("\n");
  return Object.fromEntries(
    lines.map((line) => {
      const cut = line.indexOf("=");
      return [line.slice(0, cut), line.slice(cut + 1)];
    }),
  );
}

/** Whether systemd has a unit of this name in memory, running or failed. */
export function isLoaded(unit: string): boolean {
  return systemctl("list-units", "--all", "--plain", "--no-legend", unit).trim() !== "";
}

/** For the end of a test: what is gone already is stopped. */
export function stopUnit(unit: string): void {
  spawnSync("systemctl", ["stop", unit]);
}

export function systemctl(...args: string[]): string {
  return execFileSync("systemctl", args, { encoding: "utf8" });
}
