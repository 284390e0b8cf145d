// What a feature has of CRI: pods and containers with names of its own, made in one step or two.

import * as assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "../command.ts";
import type { Session } from "../feature.ts";
import { PODS } from "./config.ts";
import type { CriServer } from "./engine.ts";
import type {
  Calls,
  ContainerConfig,
  ContainerSecurity,
  ContainerStatus,
  PodConfig,
  PodStatus,
} from "./messages.ts";

export const BUSYBOX = "docker.io/library/busybox:latest";

export interface Pod {
  readonly id: string;
  readonly config: PodConfig;
}

export interface PodOptions extends Partial<PodConfig> {
  readonly runtimeHandler?: string;
}

export type Container = Partial<ContainerConfig>;

export class Cri implements Session {
  #made = 0;

  constructor(
    readonly engine: CriServer,
    /** The label that what this feature made is found by, and the start of its names. */
    readonly prefix: string,
  ) {}

  call<Name extends keyof Calls>(
    name: Name,
    request: Calls[Name]["request"],
    timeoutMs?: number,
  ): Promise<Calls[Name]["response"]> {
    return this.engine.service.call(name, request, timeoutMs);
  }

  /** A directory of the feature's own. */
  directory(word: string): string {
    const path = join(this.engine.directory, "files", this.prefix, word);
    mkdirSync(path, { recursive: true });
    return path;
  }

  /** A pod that is ready: only pause runs in it. */
  async pod({ runtimeHandler = "", ...options }: PodOptions = {}): Promise<Pod> {
    const config = this.podConfig(options);
    const { podSandboxId } = await this.call("RunPodSandbox", { config, runtimeHandler });
    return { id: podSandboxId, config };
  }

  podConfig(options: Partial<PodConfig>): PodConfig {
    const name = `${this.prefix}-pod${++this.#made}`;
    return {
      metadata: { name, uid: name, namespace: "default", attempt: 0 },
      logDirectory: this.directory("logs"),
      labels: { feature: this.prefix },
      ...options,
      linux: { cgroupParent: `${PODS}/${this.prefix}`, ...options.linux },
    };
  }

  /** A container that was created and not started; its id. */
  async create(pod: Pod, container: Container): Promise<string> {
    const name = `c${++this.#made}`;
    const config: ContainerConfig = {
      metadata: { name, attempt: 0 },
      image: { image: BUSYBOX },
      labels: { feature: this.prefix },
      logPath: `${pod.id}-${name}.log`,
      ...container,
    };
    const request = { podSandboxId: pod.id, config, sandboxConfig: pod.config };
    const { containerId } = await this.call("CreateContainer", request);
    this.#logs.set(containerId, join(pod.config.logDirectory!, config.logPath!));
    return containerId;
  }
  readonly #logs = new Map<string, string>();

  /** A container that runs; its id. */
  async start(pod: Pod, container: Container): Promise<string> {
    const containerId = await this.create(pod, container);
    await this.call("StartContainer", { containerId });
    return containerId;
  }

  /** A container that waits for its end; its id. */
  idle(pod: Pod, container: Container = {}): Promise<string> {
    return this.start(pod, { command: ["sleep", "1000"], ...container });
  }

  /** A script in a container of its own that must succeed: what it prints. */
  async sh(pod: Pod, script: string, container: Container = {}): Promise<string> {
    const id = await this.start(pod, { command: ["sh", "-c", script], ...container });
    const status = await this.ended(id);
    const { stdout, stderr } = this.printed(id);
    assert.equal(status.exitCode, 0, `${script}: exit ${status.exitCode}: ${stderr || stdout}`);
    return stdout.replace(/\n$/, "");
  }

  /** The same with a security context. */
  secured(pod: Pod, script: string, securityContext: ContainerSecurity): Promise<string> {
    return this.sh(pod, script, { linux: { securityContext } });
  }

  async status(containerId: string): Promise<ContainerStatus> {
    return (await this.call("ContainerStatus", { containerId })).status;
  }

  async podStatus({ id }: Pod): Promise<PodStatus> {
    return (await this.call("PodSandboxStatus", { podSandboxId: id })).status;
  }

  async ended(id: string): Promise<ContainerStatus> {
    return await until(`${id} to end`, async () => {
      const status = await this.status(id);
      return status.state === "CONTAINER_EXITED" ? status : null;
    });
  }

  /** An exec that must succeed: what it prints. */
  async exec(containerId: string, ...cmd: string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await this.execSync(containerId, cmd);
    assert.equal(exitCode, 0, `${cmd.join(" ")}: ${stderr || stdout}`);
    return stdout.replace(/\n$/, "");
  }

  async execSync(
    containerId: string,
    cmd: readonly string[],
    timeout = 0,
  ): Promise<{ exitCode: number; stdout: string; stderr: string }> {
    const answer = await this.call("ExecSync", { containerId, cmd, timeout });
    return { ...answer, stdout: String(answer.stdout), stderr: String(answer.stderr) };
  }

  /** The file that a container's output is in. */
  logOf(id: string): string {
    return this.#logs.get(id)!;
  }

  /** What a container printed so far, stream by stream, out of its log. */
  printed(id: string): { stdout: string; stderr: string } {
    const printed = { stdout: "", stderr: "" };
    const path = this.logOf(id);
    for (const line of existsSync(path) ? readFileSync(path, "utf8").split("\n") : []) {
      const [, stream, tag, text] = /^\S+ (stdout|stderr) ([FP]) (.*)$/.exec(line) ?? [];
      if (stream !== undefined)
        printed[stream as "stdout" | "stderr"] += tag === "F" ? `${text}\n` : text;
    }
    return printed;
  }

  /** Waits until it printed a line. */
  async says(id: string, line: string): Promise<void> {
    await until(`${id} to say ${line}`, () =>
      this.printed(id).stdout.split("\n").includes(line) ? true : null,
    );
  }

  /** The process that a container is, as this box has it. */
  async pidOf(id: string): Promise<number> {
    const state = JSON.parse(await this.engine.runtime("state", id)) as { pid: number };
    return state.pid;
  }

  async close(): Promise<void> {
    const filter = { labelSelector: { feature: this.prefix } };
    const { items } = await this.call("ListPodSandbox", { filter });
    await Promise.all(items.map(({ id }) => this.engine.remove(id)));
  }
}
