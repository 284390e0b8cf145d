// What the specification marks REQUIRED: without it `create` fails, and says where.
// Spec: runtime.md#errors, and the chapter of each property

import * as assert from "uvu/assert";
import { spec } from "../harness/suite.ts";
import type { Config } from "../harness/types.ts";

const test = spec("errors/required");

const MAP = { containerID: 0, hostID: 100_000, size: 10 };
const DEVICE = { path: "/dev/x", type: "c", major: 1, minor: 3 };
const BLOCK = { major: 8, minor: 0 };
const RULE = { names: ["getpriority"], action: "SCMP_ACT_ERRNO" };

/** Where an object goes, a whole one, and the properties that it can't be without. */
const OBJECTS: [at: string, whole: Record<string, unknown>, required: string[]][] = [
  ["", {}, ["ociVersion", "root"]],
  ["/root", { path: "rootfs" }, ["path"]],
  ["/process", {}, ["cwd", "args"]],
  ["/process/user", { uid: 0, gid: 0 }, ["uid", "gid"]],
  ["/process/consoleSize", { height: 1, width: 1 }, ["height", "width"]],
  ["/process/rlimits/0", { type: "RLIMIT_CORE", soft: 0, hard: 0 }, ["type", "soft", "hard"]],
  ["/process/scheduler", { policy: "SCHED_OTHER" }, ["policy"]],
  ["/process/ioPriority", { class: "IOPRIO_CLASS_BE", priority: 4 }, ["class", "priority"]],
  ["/mounts/0", { destination: "/proc", type: "proc" }, ["destination"]],
  ["/hooks/prestart/0", { path: "/bin/true" }, ["path"]],
  ["/hooks/createRuntime/0", { path: "/bin/true" }, ["path"]],
  ["/linux/namespaces/0", { type: "mount" }, ["type"]],
  ["/linux/uidMappings/0", MAP, ["containerID", "hostID", "size"]],
  ["/linux/devices/0", DEVICE, ["type", "path", "major", "minor"]],
  ["/linux/resources/devices/0", { allow: false, access: "rwm" }, ["allow"]],
  ["/linux/resources/blockIO/weightDevice/0", { ...BLOCK, weight: 10 }, ["major", "minor"]],
  [
    "/linux/resources/blockIO/throttleReadBpsDevice/0",
    { ...BLOCK, rate: 1 },
    ["major", "minor", "rate"],
  ],
  [
    "/linux/resources/blockIO/throttleReadIOPSDevice/0",
    { ...BLOCK, rate: 1 },
    ["major", "minor", "rate"],
  ],
  ["/linux/resources/hugepageLimits/0", { pageSize: "2MB", limit: 0 }, ["pageSize", "limit"]],
  ["/linux/resources/network/priorities/0", { name: "lo", priority: 1 }, ["name", "priority"]],
  ["/linux/memoryPolicy", { mode: "MPOL_DEFAULT" }, ["mode"]],
  ["/linux/personality", { domain: "LINUX" }, ["domain"]],
  ["/linux/seccomp", { defaultAction: "SCMP_ACT_ALLOW" }, ["defaultAction"]],
  ["/linux/seccomp/syscalls/0", RULE, ["names", "action"]],
  [
    "/linux/seccomp/syscalls/0/args/0",
    { index: 0, value: 0, op: "SCMP_CMP_EQ" },
    ["index", "value", "op"],
  ],
];

const GO = { deviates: "Go takes what is absent as zero or empty" };

for (const [at, whole, required] of OBJECTS) {
  for (const name of required) {
    test(`${at}/${name} is required (runtime.md#errors)`, GO, async (t) => {
      const bundle = t.bundle((config) => remove(config, at, whole, name));
      const { code, stderr } = await t.runtime(["create", "--bundle", bundle.dir, t.id()]);
      assert.is(code, 1);
      assert.match(stderr, new RegExp(`^trunc: config\\.json: [^\\n]*${at}[^\\n]*${name}`), stderr);
    });
  }
}

/** Puts the object where it belongs, with what has to be around it, but for one property. */
function remove(config: Config, at: string, whole: Record<string, unknown>, name: string): void {
  if (at.startsWith("/linux/seccomp/")) config.linux.seccomp = { defaultAction: "SCMP_ACT_ALLOW" };
  if (at.startsWith("/linux/seccomp/syscalls/0/args"))
    config.linux.seccomp = { defaultAction: "SCMP_ACT_ALLOW", syscalls: [{ ...RULE, args: [] }] };
  let node = config as unknown as Record<string, unknown>;
  const parts = at.split("/").slice(1);
  for (const [index, part] of parts.entries()) {
    const isList = /^\d+$/.test(parts[index + 1] ?? "");
    node[part] ??= isList ? [] : {};
    node = node[part] as Record<string, unknown>;
  }
  Object.assign(node, whole);
  delete node[name];
}

test.run();
