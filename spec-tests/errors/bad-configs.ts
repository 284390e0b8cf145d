// Bundles whose config.json says what can't be: found before anything is done.

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { share } from "../harness/bundle.ts";
import { ACCEPTED, at, type BadBundle, set, wrong } from "./case.ts";

/** Writes config.json as this text. */
const text =
  (content: string): NonNullable<BadBundle["after"]> =>
  ({ dir }) =>
    writeFileSync(join(dir, "config.json"), content);

export const BAD_CONFIGS: readonly BadBundle[] = [
  {
    what: "config.json is missing",
    after: ({ dir }) => rmSync(join(dir, "config.json")),
    says: [/config\.json/],
    truncSays: [/not found|no such file or directory/],
  },
  {
    what: "config.json is a directory",
    after: ({ dir }) => {
      rmSync(join(dir, "config.json"));
      mkdirSync(join(dir, "config.json"));
    },
    says: [/is a directory/],
  },
  { what: "config.json is empty", after: text(""), truncSays: [/config\.json/] },
  {
    what: "config.json ends in the middle",
    after: text('{"ociVersion": "1.0.2", "process": {'),
    truncSays: [/config\.json/, /JSON|line \d+, column \d+/],
  },
  {
    what: "config.json is no JSON",
    after: text("ociVersion: 1.0.2\n"),
    truncSays: [/config\.json/, /JSON|line \d+, column \d+/],
  },
  { what: "config.json is a list", after: text("[]"), truncSays: [/config\.json/] },
  { what: "config.json is null", after: text("null"), truncSays: [/config\.json/], ...ACCEPTED },
  wrong("/ociVersion", undefined, {
    what: "ociVersion is missing",
    truncSays: [/ociVersion/],
    ...ACCEPTED,
  }),
  wrong("/ociVersion", "2.0.0", ACCEPTED),
  wrong("/ociVersion", "banana", ACCEPTED),
  wrong("/process", undefined, { what: "process is missing", truncSays: [/\/process/] }),
  wrong("/root", undefined, { what: "root is missing", truncSays: [/\/root/] }),
  wrong("/process/args", "/bin/true", {}),
  wrong("/process/args", [], { says: [/args/] }),
  wrong("/process/args", undefined, {
    what: "process.args is missing",
    truncSays: [/\/process.*args/],
  }),
  wrong("/process/cwd", "tmp", {
    says: [/absolute path/],
    truncSays: [/config\.json: \/process\/cwd: "tmp" is not an absolute path/],
  }),
  wrong("/process/cwd", "", ACCEPTED),
  wrong("/process/env", ["NOEQUALS"], { truncSays: [at("/process/env/0")] }),
  wrong("/process/env", ["A=\u0000"], { truncSays: [at("/process/env/0"), /NUL/] }),
  wrong("/process/args", ["/bin/true", "a\u0000b"], {
    truncSays: [at("/process/args/1"), /NUL/],
    ...ACCEPTED,
  }),
  wrong("/process/user/uid", -1, {}),
  wrong("/process/user/uid", 4_294_967_296, {}),
  wrong("/process/user/uid", 1.5, {}),
  wrong("/process/user/uid", "root", {}),
  wrong("/process/user/additionalGids", [-5], {
    truncSays: [at("/process/user/additionalGids/0")],
  }),
  wrong("/process/rlimits", [{ type: "RLIMIT_NONSENSE", soft: 1, hard: 1 }], {
    says: [/RLIMIT_NONSENSE/],
    truncSays: [at("/process/rlimits/0/type")],
  }),
  wrong("/process/rlimits", [{ type: "RLIMIT_CORE", soft: 2, hard: 1 }], {
    truncSays: [/\/process\/rlimits\/0/],
  }),
  wrong(
    "/process/rlimits",
    [
      { type: "RLIMIT_CORE", soft: 1, hard: 1 },
      { type: "RLIMIT_CORE", soft: 2, hard: 2 },
    ],
    { truncSays: [/\/process\/rlimits\/1/], ...ACCEPTED },
  ),
  wrong("/process/oomScoreAdj", 5000, {}),
  wrong("/root/readonly", "yes", {}),
  wrong("/hostname", 5, {}),
  wrong("/annotations", { key: 5 }, { truncSays: [at("/annotations/key")] }),
  wrong(
    "/annotations",
    { "": "value" },
    {
      what: "an annotation whose key is empty",
      truncSays: [at("/annotations/")],
      ...ACCEPTED,
    },
  ),
  wrong("/mounts", [{ type: "tmpfs", source: "tmpfs" }], {
    what: "a mount without destination",
    truncSays: [/\/mounts\/0/, /destination/],
    ...ACCEPTED,
  }),
  wrong("/mounts", {}, {}),
  wrong(
    "/hooks",
    { prestart: [{ path: "relative" }] },
    { truncSays: [at("/hooks/prestart/0/path")], ...ACCEPTED },
  ),
  wrong(
    "/hooks",
    { poststop: [{ path: "/bin/true", timeout: 0 }] },
    { truncSays: [at("/hooks/poststop/0/timeout")], ...ACCEPTED },
  ),
  wrong("/linux/namespaces", [{ type: "bogus" }, { type: "mount" }], {
    says: [/bogus/],
    truncSays: [at("/linux/namespaces/0/type")],
  }),
  wrong("/linux/namespaces", [{ type: "mount" }, { type: "pid" }, { type: "pid" }], {
    truncSays: [/\/linux\/namespaces\/2/, /duplicate|twice|second/],
  }),
  wrong("/linux/namespaces", [{ type: "mount" }, { type: "network", path: "relative/path" }], {
    truncSays: [at("/linux/namespaces/1/path")],
  }),
  wrong("/linux/rootfsPropagation", "sideways", { says: [/sideways/] }),
  wrong("/linux/uidMappings", [{ containerID: 0, hostID: 1, size: 1 }], {
    what: "maps without a user namespace",
    truncSays: [/\/linux\/uidMappings/, /user namespace/i],
    ...ACCEPTED,
  }),
  {
    what: "a user namespace without maps",
    edit: (config) => config.linux.namespaces.push({ type: "user" }),
    says: [/mappings/i],
    truncSays: [/\/linux\/(uid|gid)Mappings|\/linux\/namespaces\/5/],
  },
  {
    what: "time offsets without a time namespace",
    edit: (config) => set(config, "/linux/timeOffsets", { monotonic: { secs: 1, nanosecs: 0 } }),
    truncSays: [/\/linux\/timeOffsets/, /time namespace/i],
    ...ACCEPTED,
  },
  {
    what: "a hostname without a uts namespace",
    edit: (config) => share(config, "uts"),
    says: [/hostname/, /UTS/i],
    truncSays: [at("/hostname")],
  },
  {
    what: "a sysctl without its namespace",
    edit: (config) => {
      share(config, "ipc");
      config.linux.sysctl = { "kernel.msgmax": "1" };
    },
    says: [/kernel.msgmax/],
    truncSays: [/\/linux\/sysctl\/kernel\.msgmax/],
  },
  wrong(
    "/process/scheduler",
    { policy: "SCHED_BOGUS" },
    { truncSays: [at("/process/scheduler/policy")], options: { since: "1.2: process.scheduler" } },
  ),
  wrong(
    "/process/ioPriority",
    { class: "IOPRIO_CLASS_BOGUS", priority: 0 },
    { truncSays: [at("/process/ioPriority/class")], options: { since: "1.2: process.ioPriority" } },
  ),
  {
    what: "several problems: all are told, in one line",
    edit: (config) => {
      config.process.cwd = "relative";
      set(config, "/root/readonly", 1);
      set(config, "/linux/rootfsPropagation", "sideways");
    },
    truncSays: [/\/process\/cwd/, /\/root\/readonly/, /\/linux\/rootfsPropagation/],
  },
];
