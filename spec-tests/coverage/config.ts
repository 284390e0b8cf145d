// Which tests check which sentence of config.md.

import type { Rule } from "../../scripts/spec-coverage/link.ts";

const NOT_LINUX = "of another platform";
const AUTHOR = "of who writes the config, not of runtimes";
const OPTIONS = "config/mount-options";
const TABLE = "config/mount-option-table";
const HOOKS = "config/hooks";

/** Options whose test is named after them; the others' follow. */
const NAMED = [
  ...["defaults", "ro", "nosuid", "nodev", "noexec", "noatime", "nodiratime", "strictatime"],
  ...["relatime", "nosymfollow"],
];
const PAIRS: readonly (readonly [word: string, test: string])[] = [
  ["rw", `${OPTIONS}: ro,rw on`],
  ["suid", `${OPTIONS}: nosuid,suid on`],
  ["dev", `${OPTIONS}: nodev,dev on`],
  ["exec", `${OPTIONS}: noexec,exec on`],
  ["atime", `${OPTIONS}: noatime,atime on`],
  ["sync", `${OPTIONS}: sync reaches`],
  ["dirsync", `${OPTIONS}: dirsync reaches`],
  ["bind", `${OPTIONS}: bind leaves submounts out`],
  ["rbind", `${OPTIONS}: rbind brings submounts`],
  ["remount", `${OPTIONS}: remount changes`],
  ["async", `${TABLE}: sync,async`],
  ["lazytime", `${TABLE}: lazytime on`],
  ["nolazytime", `${TABLE}: lazytime,nolazytime`],
  ["diratime", `${TABLE}: nodiratime,diratime`],
  ["nostrictatime", `${TABLE}: strictatime,nostrictatime`],
  ["norelatime", `${TABLE}: norelatime`],
  ["symfollow", `${TABLE}: nosymfollow,symfollow`],
  ...["iversion", "noiversion", "silent", "loud"].map(
    (word) => [word, `${TABLE}: ${word} on`] as const,
  ),
  ...["rro", "rnosuid", "rnoexec", "rnoatime", "rnodiratime", "rnosymfollow"].map(
    (word) => [word, `${OPTIONS}: ${word} reaches`] as const,
  ),
  ...["rrw", "rsuid", "rdev", "rexec", "rdiratime", "rsymfollow", "rrelatime", "ratime"].map(
    (word) => [word, `${TABLE}: ${word} takes`] as const,
  ),
  ...["rnostrictatime", "rnorelatime", "rstrictatime"].map(
    (word) => [word, `${TABLE}: ${word} takes`] as const,
  ),
  ...["private", "rprivate", "unbindable", "runbindable", "shared", "rshared"].map(
    (word) => [word, `${OPTIONS}: ${word} (`] as const,
  ),
  ...["slave", "rslave"].map((word) => [word, `${OPTIONS}: ${word}: `] as const),
];

const optionRules: readonly Rule[] = [
  ...NAMED.map((word) => [word, `${OPTIONS}: ${word} on`] as const),
  ...PAIRS,
].map(([word, test]) => ({
  at: "config.md#linux-mount-options",
  says: new RegExp(`^\`${word} *\` \\|`),
  tests: [test],
}));

const RUNTIME_NAMESPACE = `${HOOKS}: prestart, createRuntime, poststart and poststop run in the runtime's`;
const PLACES: readonly (readonly [kind: string, place: string])[] = [
  ...["prestart", "createRuntime", "poststart", "poststop"].map(
    (kind) => [kind, RUNTIME_NAMESPACE] as const,
  ),
  ["createContainer", `${HOOKS}: createContainer runs in the container's namespaces`],
  ["startContainer", `${HOOKS}: startContainer runs inside the container`],
];

const hookRules: readonly Rule[] = PLACES.map(([kind, place]) => ({
  at: "config.md#*",
  says: new RegExp(`\`${kind}\` hooks(?:' path MUST resolve| MUST be executed)`),
  tests: [place],
}));

export const CONFIG: readonly Rule[] = [
  {
    at: "config.md#specification-version",
    tests: ["errors/required: /ociVersion is required", "errors/bad-bundles: /ociVersion is"],
  },

  {
    at: "config.md#process",
    says: /at least one entry/,
    tests: ["errors/bad-bundles: /process/args is []", "config/process: args[0] "],
  },
  { at: "config.md#*", says: /Windows|Hyper-V|Solaris|volume GUID|`windows`/, because: NOT_LINUX },
  { at: "config.md#mounts", says: /nested within another mount/, because: NOT_LINUX },
  { at: "config.md#mounts", says: /^For all other platforms/, because: NOT_LINUX },
  {
    at: "config.md#root",
    says: /On all other platforms/,
    tests: ["errors/required: /root is required"],
  },
  {
    at: "config.md#root",
    says: /`path` \(string, REQUIRED\)/,
    tests: ["errors/required: /root/path is required", "config/root: path may be"],
  },
  {
    at: "config.md#root",
    says: /conventional `rootfs`/,
    tests: ["runtime/cli: spec writes a config.json that runs"],
    because: "of who writes the config, which is `spec`",
  },
  {
    at: "config.md#root",
    says: /A directory MUST exist/,
    tests: [
      "errors/bad-bundles: the rootfs is missing",
      "errors/bad-bundles: the rootfs is a file",
    ],
  },
  { at: "config.md#root", says: /read-only inside/, tests: ["config/root: readonly "] },

  {
    at: "config.md#mounts",
    says: /in the listed order/,
    tests: [
      "config/mounts: mounts are made in the listed order",
      "odd-bundles/images: one destination twice",
      "odd-bundles/images: a mount below",
    ],
  },
  {
    at: "config.md#mounts",
    says: /`destination` \(string/,
    tests: ["errors/required: /mounts/0/destination is required"],
  },
  {
    at: "config.md#mounts",
    says: /SHOULD be an absolute|relative path/,
    tests: ["config/mounts: a relative destination is relative to /"],
  },
  {
    at: "config.md#linux-mount-options",
    says: /^Runtimes MUST\/SHOULD|^The "MUST" options|already recognized by/,
    tests: [`${OPTIONS}: `, `${TABLE}: `],
  },
  ...optionRules,
  {
    at: "config.md#linux-mount-options",
    says: /`idmap` \|/,
    tests: ["config/idmapped-rules: idmap maps", "config/idmapped-mounts: "],
  },
  {
    at: "config.md#linux-mount-options",
    says: /`ridmap` \|/,
    tests: ["config/idmapped-rules: ridmap maps"],
  },
  {
    at: "config.md#linux-mount-options",
    says: /NOT be passed to the underlying/,
    tests: [
      "config/idmapped-rules: idmap goes to mount_setattr(2)",
      "config/idmapped-rules: ridmap goes to mount_setattr(2)",
    ],
  },
  {
    at: "config.md#linux-mount-options",
    says: /are specified for the mount/,
    tests: ["config/idmapped-rules: idmap maps", "config/idmapped-rules: ridmap maps"],
  },
  {
    at: "config.md#linux-mount-options",
    says: /user namespace mapping/,
    tests: ["config/idmapped-rules: without mappings of its own"],
  },
  {
    at: "config.md#linux-mount-options",
    says: /isn't using user namespaces/,
    tests: [
      "config/idmapped-rules: idmap without mappings",
      "config/idmapped-rules: ridmap without mappings",
    ],
  },
  {
    at: "config.md#*",
    says: /implemented using `mount_setattr/,
    tests: [
      "config/idmapped-rules: idmap goes to mount_setattr(2)",
      "config/idmapped-rules: ridmap goes to mount_setattr(2)",
    ],
  },
  {
    at: "config.md#linux-mount-options",
    says: /unknown options/,
    tests: [
      `${OPTIONS}: size=64k`,
      "errors/bad-bundles: an option that the file system does not know",
    ],
  },
  {
    at: "config.md#posix-platform-mounts",
    says: /either `idmap` or `ridmap`/,
    tests: ["config/idmapped-mounts: uidMappings without an option"],
    because: AUTHOR,
  },
  {
    at: "config.md#posix-platform-mounts",
    says: /along with `gidMappings`/,
    tests: ["config/idmapped-rules: uidMappings without its twin"],
  },
  {
    at: "config.md#posix-platform-mounts",
    says: /along with `uidMappings`/,
    tests: ["config/idmapped-rules: gidMappings without its twin"],
  },

  {
    at: "config.md#process",
    says: /REQUIRED when `start`/,
    tests: ["errors/bad-bundles: process is missing"],
    because: "refused by `create` already, as runc does it",
  },
  {
    at: "config.md#process",
    says: /ignore `consoleSize`/,
    tests: ["config/terminal: consoleSize without a terminal is ignored"],
  },
  {
    at: "config.md#process",
    says: /`(?:height|width)` \(uint/,
    tests: ["errors/required: /process/consoleSize/", "config/terminal: consoleSize is"],
  },
  {
    at: "config.md#process",
    says: /`cwd` \(string/,
    tests: ["errors/required: /process/cwd is required", "config/process: cwd "],
  },
  {
    at: "config.md#process",
    says: /absolute path/,
    tests: ['errors/bad-bundles: /process/cwd is "tmp"', 'errors/bad-bundles: /process/cwd is ""'],
  },
  {
    at: "config.md#posix-process",
    says: /`(?:type|soft|hard)` \(/,
    tests: ["errors/required: /process/rlimits/0/"],
  },
  {
    at: "config.md#posix-process",
    says: /generate an error for any values/,
    tests: ['errors/bad-bundles: /process/rlimits is [{"type":"RLIMIT_NONSENSE"'],
  },
  {
    at: "config.md#posix-process",
    says: /getrlimit|rlim_cur|rlim_max/,
    tests: ["config/rlimits: "],
  },
  {
    at: "config.md#posix-process",
    says: /duplicated entries/,
    tests: ['errors/bad-bundles: /process/rlimits is [{"type":"RLIMIT_CORE","soft":1,"hard":1},'],
  },
  {
    at: "config.md#linux-process",
    says: /logged as a warning|SHOULD NOT fail/,
    tests: [
      "config/capabilities: an unknown name does not stop the container",
      "config/capabilities: one that the runtime has not is left out, with a warning",
    ],
    unit: ["runtime/config/warnings.test.ts"],
  },
  {
    at: "config.md#linux-process",
    says: /If `oomScoreAdj` is set/,
    tests: ["config/process: oomScoreAdj is set", "config/process: oomScoreAdj below"],
  },
  {
    at: "config.md#linux-process",
    says: /If `oomScoreAdj` is not set/,
    tests: ["config/process: oomScoreAdj is the runtime's own"],
  },
  {
    at: "config.md#linux-process",
    says: /`policy` \(/,
    tests: ["errors/required: /process/scheduler/policy", "config/scheduling: scheduler "],
  },
  {
    at: "config.md#linux-process",
    says: /`(?:class|priority)` \(/,
    tests: ["errors/required: /process/ioPriority/", "config/scheduling: ioPriority "],
  },
  {
    at: "config.md#linux-process",
    says: /NOT change process' CPU affinity/,
    tests: ["runtime/exec-process: ", "config/scheduling: execCPUAffinity does not bind"],
  },
  {
    at: "config.md#posix-platform-user",
    says: /`uid` \(|`gid` \(/,
    tests: ["errors/required: /process/user/", "config/user: uid and gid are"],
  },

  ...hookRules,
  {
    at: "config.md#posix-platform-hooks",
    says: /`path` \(string, REQUIRED\)/,
    tests: ["errors/required: /hooks/", `${HOOKS}: args are argv`],
  },
  {
    at: "config.md#posix-platform-hooks",
    says: /MUST be absolute/,
    tests: ["config/hooks-failure: a hook path that is not absolute"],
  },
  {
    at: "config.md#posix-platform-hooks",
    says: /greater than zero/,
    tests: ['errors/bad-bundles: /hooks is {"poststop":[{"path":"/bin/true","timeout":0}]}'],
  },
  {
    at: "config.md#posix-platform-hooks",
    says: /resolve in the runtime namespace/,
    tests: [RUNTIME_NAMESPACE, `${HOOKS}: createContainer runs in`],
  },
  {
    at: "config.md#posix-platform-hooks",
    says: /resolve in the container namespace/,
    tests: [`${HOOKS}: startContainer path is the container's file`],
  },
  {
    at: "config.md#posix-platform-hooks",
    says: /listed order/,
    tests: [`${HOOKS}: each kind runs in its operation, in the listed order`],
  },
  {
    at: "config.md#posix-platform-hooks",
    says: /over stdin/,
    tests: [`${HOOKS}: stdin has the state`],
  },
  {
    at: "config.md#prestart",
    tests: [`${HOOKS}: each kind runs in its operation, in the listed order`],
  },
  {
    at: "config.md#createruntime-hooks",
    tests: [`${HOOKS}: each kind runs in its operation, in the listed order`],
  },
  {
    at: "config.md#createcontainer-hooks",
    tests: [
      `${HOOKS}: each kind runs in its operation, in the listed order`,
      `${HOOKS}: createContainer runs in the container's namespaces before pivot_root`,
    ],
  },
  {
    at: "config.md#startcontainer-hooks",
    tests: [`${HOOKS}: startContainer runs inside the container`, `${HOOKS}: each kind runs`],
  },
  {
    at: "config.md#poststart",
    tests: [`${HOOKS}: poststart runs in start`, `${HOOKS}: poststart finds the container running`],
  },
  {
    at: "config.md#poststop",
    tests: [`${HOOKS}: delete --force runs poststop`, `${HOOKS}: each kind`],
  },

  {
    at: "config.md#annotations",
    says: /^Annotations MUST be|^Keys MUST be strings|^Values MUST be strings/,
    tests: [
      'errors/bad-bundles: /annotations is {"key":5}',
      "config/annotations: annotations appear",
    ],
  },
  {
    at: "config.md#annotations",
    says: /unknown annotation keys/,
    tests: ["config/annotations: annotations appear in state as they are"],
  },
  {
    at: "config.md#annotations",
    says: /^Keys MUST NOT be an empty/,
    tests: ["errors/bad-bundles: an annotation whose key is empty"],
  },
  {
    at: "config.md#annotations",
    says: /signal that SHOULD be sent/,
    because: "`kill` is told its signal, else it is TERM, as runc's: engines read the annotation",
  },
  {
    at: "config.md#annotations",
    says: /by subsequent specifications/,
    because: "of later specifications",
  },
  { at: "config.md#annotations", because: `${AUTHOR}: \`state\` has them as they are` },
  {
    at: "config.md#extensibility",
    tests: ["errors/bad-bundles: unknown properties are ignored"],
  },
  { at: "config.md#valid-values", tests: ["errors/bad-bundles: ", "errors/required: "] },
];
