// An attack is a function that says what the attacker got. It has to get it from a witness, a runtime that is known to be
// without the guard, or the test could not fail; and nothing from the runtime under test.

import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { makeSandbox, type Sandbox } from "../harness/sandbox.ts";
import type { Spec } from "../harness/suite.ts";
import { weakHost, weakInit } from "./weak.ts";

/** What the attacker got; undefined for nothing. `dir` is the attack's own, empty. */
export type Attack = (t: Sandbox, dir: string) => Promise<string | undefined>;

/**
 * "weak init", "weak host": this runtime without the guards of one side; "runc" and "crun": those of 2023, as Debian 12
 * has them.
 */
export type Witness = keyof typeof WITNESSES;

const WITNESSES = {
  "weak init": { path: weakInit, needs: [] },
  "weak host": { path: weakHost, needs: [] },
  runc: { path: () => installed("runc"), needs: ["old runc"] },
  crun: { path: () => installed("crun"), needs: ["old crun"] },
} as const;

export function attack(
  test: Spec,
  name: string,
  witness: Witness,
  body: Attack,
  needs: readonly string[] = [],
): void {
  const options = {
    needs: [...WITNESSES[witness].needs, ...needs],
    deviates: "is a witness here, or has guards of its own",
    // the first of a witness's has it built
    timeoutMs: 900_000,
  };
  test(name, options, async (t) => {
    const path = WITNESSES[witness].path();
    const other = makeSandbox(path);
    let got: string | undefined;
    try {
      got = await body(other, fresh(other));
    } finally {
      await other.cleanUp();
    }
    assert.ok(got, `the attack fails on its witness, ${path}: this test can't fail`);
    const lost = await body(t, fresh(t));
    assert.is(lost, undefined, lost);
  });
}

function fresh({ dir }: Sandbox): string {
  const path = join(dir, "attack");
  mkdirSync(path);
  return path;
}

function installed(name: string): string {
  return execFileSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).trim();
}

const NAMES = ["ptmx", "secret"];

/** A directory of the host's that the image points at. */
export function hostTarget(dir: string): string {
  const path = join(dir, "host-target");
  mkdirSync(path);
  for (const name of NAMES) writeFileSync(join(path, name), `host's ${name}`);
  return path;
}

/** What was changed in it. */
export function changed(path: string): string | undefined {
  const names = readdirSync(path).toSorted();
  if (names.join() !== NAMES.join()) return `the host's directory has ${names.join(", ")}`;
  for (const name of NAMES) {
    const text = readFileSync(join(path, name), "utf8");
    if (text !== `host's ${name}`) return `the host's ${name} holds ${JSON.stringify(text)}`;
  }
  return undefined;
}
