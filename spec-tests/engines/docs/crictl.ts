// As much of crictl as docs/engines.md shows: runp, create, start, exec, stopp, rmp, with its arguments and its output.

import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { type CriService, connect } from "../cri/client.ts";
import type { ContainerConfig, PodConfig } from "../cri/messages.ts";

const SOCKET = "/run/containerd/containerd.sock";

type Command = (service: CriService, words: readonly string[]) => Promise<string>;

const COMMANDS = new Map<string, Command>([
  [
    "runp",
    async (service, words) => {
      const { values, positionals } = parseArgs({
        args: [...words],
        options: { runtime: { type: "string", default: "" } },
        allowPositionals: true,
      });
      const config = readMessage(positionals[0]!) as PodConfig;
      const request = { config, runtimeHandler: values.runtime };
      return (await service.call("RunPodSandbox", request)).podSandboxId;
    },
  ],
  [
    "create",
    async (service, [podSandboxId, container, pod]) => {
      const config = readMessage(container!) as ContainerConfig;
      const sandboxConfig = readMessage(pod!) as PodConfig;
      const request = { podSandboxId: podSandboxId!, config, sandboxConfig };
      return (await service.call("CreateContainer", request)).containerId;
    },
  ],
  [
    "start",
    async (service, [containerId]) => {
      await service.call("StartContainer", { containerId: containerId! });
      return containerId!;
    },
  ],
  [
    "exec",
    async (service, [containerId, ...cmd]) => {
      const { stdout } = await service.call("ExecSync", { containerId: containerId!, cmd });
      return stdout.toString().trimEnd();
    },
  ],
  [
    "stopp",
    async (service, [podSandboxId]) => {
      await service.call("StopPodSandbox", { podSandboxId: podSandboxId! });
      return `Stopped sandbox ${podSandboxId}`;
    },
  ],
  [
    "rmp",
    async (service, [podSandboxId]) => {
      await service.call("RemovePodSandbox", { podSandboxId: podSandboxId! });
      return `Removed sandbox ${podSandboxId}`;
    },
  ],
]);

const [verb, ...words] = process.argv.slice(2);
const command = COMMANDS.get(verb ?? "");
if (command === undefined) throw new Error(`no command ${verb}`);
const service = connect(SOCKET);
try {
  console.log(await command(service, words));
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
} finally {
  service.close();
}

/** A file of crictl's has the names of the protocol; the client's are in camel case. */
function readMessage(file: string): unknown {
  return JSON.parse(readFileSync(file, "utf8"), (_key, value) =>
    value !== null && typeof value === "object" && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).map(([name, field]) => [camel(name), field]))
      : value,
  );
}

function camel(name: string): string {
  return name.replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase());
}
