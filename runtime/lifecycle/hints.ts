// What to do about a failed system call, as a table: the first row that fits speaks. Pure.
// The kernel's reasons behind the rows were tried on Linux 6.18.

/** A failed call, as far as a hint depends on it. */
export interface Failure {
  readonly errnoName: string;
  readonly call: string;
  /** The kernel's or the init's own words. */
  readonly text: string;
  /** The step that failed, as `mountBind`; empty when no step did. */
  readonly op: string;
  /** JSON pointer of the config value that asked for the step. */
  readonly at: string;
}

/** A row fits when everything it names does. */
interface Row {
  readonly errno?: readonly string[];
  readonly call?: readonly string[];
  readonly op?: readonly string[];
  readonly at?: RegExp;
  readonly hint: string;
}

const MOUNTS = ["mountFs", "mountBind"];
const CGROUPS = ["makeCgroup", "writeCgroup", "enableControllers", "joinCgroup"];

/** What only a filter around the runtime answers with EPERM, where nothing is to be written. */
const NEVER_REFUSED = ["close_range", "memfd_create", "openat2", "pidfd_open", "statx"];
const FILTERED = "a filter around this runtime forbids the call";

const ROWS: readonly Row[] = [
  // --- What surrounds the runtime ---
  { errno: ["EPERM"], call: NEVER_REFUSED, op: ["", "makeCgroup"], hint: FILTERED },
  {
    errno: ["EPERM"],
    call: ["keyctl"],
    hint: `${FILTERED}: use --no-new-keyring`,
  },
  // --- The program ---
  {
    errno: ["ENOEXEC"],
    op: ["exec"],
    hint: "the program is for another architecture, or a script without a #! line",
  },
  {
    errno: ["ENOENT"],
    op: ["exec"],
    hint: "the program is there, but its interpreter (the #! line, or the dynamic loader) is not in the root file system",
  },
  {
    errno: ["EACCES"],
    op: ["exec", "resolveProgram"],
    hint: "it must be a file with execute permission for process.user, on a mount without noexec",
  },
  { errno: ["ETXTBSY"], op: ["exec"], hint: "something has the program open for writing" },
  { errno: ["E2BIG"], op: ["exec"], hint: "one argument or variable may have 128 KiB at most" },
  {
    errno: ["ENOENT"],
    op: ["changeDir"],
    hint: "process.cwd must exist in the root file system",
  },
  {
    errno: ["ENOMEM"],
    call: ["clone3", "execveat", "execve"],
    hint: "is the memory limit too low? linux.resources.memory.limit must leave room for the program",
  },
  {
    errno: ["EAGAIN"],
    op: ["exec", "credentials"],
    hint: "the user has more processes than RLIMIT_NPROC allows",
  },
  {
    errno: ["EPERM"],
    call: ["setgroups"],
    hint: "a user namespace that an ordinary user made has no process.user.additionalGids; a seccomp profile without noNewPrivileges must allow setgroups",
  },
  {
    errno: ["EINVAL"],
    op: ["credentials", "becomeRoot"],
    hint: "the user and groups must be mapped into the user namespace",
  },

  // --- Mounts and the root file system ---
  {
    errno: ["ENOENT"],
    op: ["openRoot"],
    hint: "the bundle needs the directory that root.path names",
  },
  { errno: ["ENOTDIR"], op: ["openRoot"], hint: "root.path must be a directory" },
  {
    errno: ["ENOTDIR", "EISDIR"],
    op: ["mountBind"],
    hint: "a file can only be mounted on a file, a directory only on a directory",
  },
  {
    errno: ["ENOTDIR"],
    op: ["mountFs"],
    hint: "the mount point, or a directory on the way to it, is a file in the root file system",
  },
  {
    errno: ["ENOENT"],
    op: ["mountBind", "tree"],
    hint: "the source of the bind mount must exist on the host",
  },
  { errno: ["ENODEV"], op: ["mountFs"], hint: "the kernel does not know this file system type" },
  {
    errno: ["EPERM"],
    call: ["fsmount", "fsopen"],
    op: ["mountFs"],
    hint: "in a user namespace, proc and sysfs can be mounted only where the host shows them in full, sysfs only with a network namespace of one's own; bind the host's instead",
  },
  {
    errno: ["EPERM"],
    call: ["fsconfig"],
    op: ["mountFs"],
    hint: "in a user namespace, file systems of devices can't be mounted, nor proc and mqueue without a pid and ipc namespace of one's own: bind the host's instead",
  },
  {
    errno: ["EINVAL"],
    call: ["fsconfig"],
    op: ["mountFs"],
    hint: "the file system does not take this option, or not with this value",
  },
  {
    errno: ["EPERM"],
    call: ["mount_setattr"],
    op: [...MOUNTS, "setMountAttr"],
    hint: "in a user namespace, flags of the host's mounts (ro, nosuid, nodev, noexec) can't be taken away",
  },
  {
    errno: ["ENAMETOOLONG"],
    call: ["tmpcopyup"],
    hint: "what is copied up may be 64 directories deep",
  },
  {
    errno: ["ENOSPC"],
    call: ["move_mount", "open_tree", "fsmount"],
    hint: "a mount namespace may have no more mounts than sysctl fs.mount-max says",
  },
  {
    errno: ["EPERM"],
    op: ["tree"],
    hint: "id-mapped mounts take the privileges of the machine's root",
  },
  {
    errno: ["EINVAL"],
    call: ["open_tree"],
    op: MOUNTS,
    hint: "in a user namespace, mounts of the host below the source can't be left out: use rbind",
  },
  {
    errno: ["EINVAL"],
    call: ["mount_setattr"],
    op: [...MOUNTS, "tree"],
    hint: "the file system may not support id-mapped mounts",
  },
  {
    errno: ["ELOOP", "EXDEV"],
    op: MOUNTS,
    hint: "the target leads through a link that leaves the root file system",
  },
  {
    errno: ["EROFS"],
    op: MOUNTS,
    hint: "the mount point is missing and can't be made: the root file system is read-only",
  },
  {
    errno: ["EACCES"],
    op: ["openRoot", ...MOUNTS, "tree"],
    hint: "every directory on the way must be open to the user that root of the container is on the host",
  },
  { errno: ["EINVAL", "EBUSY"], op: ["pivotRoot"], hint: "on a ramdisk, use --no-pivot" },
  {
    errno: ["EPERM"],
    op: ["makeDevice"],
    hint: "devices can't be made in a user namespace: bind the host's instead",
  },

  // --- Cgroups ---
  {
    errno: ["ENOSPC"],
    op: CGROUPS,
    hint: "a cpuset cgroup needs cpus and mems that its parent has too",
  },
  {
    errno: ["EINVAL"],
    op: ["writeCgroup"],
    at: /memory\/(limit|swap)$/,
    hint: "the limit of memory and swap together can't be below that of memory alone",
  },
  {
    errno: ["EBUSY"],
    op: ["writeCgroup"],
    at: /memory/,
    hint: "more is in use than the new limit allows, or the cgroup's parent holds processes",
  },
  {
    errno: ["EBUSY"],
    op: CGROUPS,
    hint: "on cgroup v2 a cgroup with controllers for its children can't hold processes itself",
  },
  {
    errno: ["ENOENT"],
    op: ["writeCgroup", "enableControllers"],
    hint: "the kernel does not offer this controller or file here; on cgroup v2 nobody has controllers beneath a cgroup that holds processes itself",
  },
  {
    errno: ["EOPNOTSUPP"],
    call: ["clone3"],
    hint: "the container's cgroup can't hold processes: the one above it is threaded, or holds processes and has controllers for its children",
  },
  { errno: ["EINVAL", "ERANGE"], op: ["writeCgroup"], hint: "the kernel refuses this value" },
  {
    errno: ["EACCES", "EPERM", "EROFS"],
    op: CGROUPS,
    hint: "the cgroup must be delegated to this user, or left to --rootless=true",
  },
  { errno: ["ENODEV"], op: ["writeCgroup"], hint: "there is no such block device" },

  // --- Namespaces, limits, labels ---
  {
    errno: ["ENOENT"],
    at: /^\/linux\/sysctl\//,
    hint: "the kernel does not have this sysctl, or not in these namespaces",
  },
  {
    errno: ["ENOSPC"],
    call: ["clone3", "unshare"],
    hint: "no more namespaces are allowed: see /proc/sys/user/max_*_namespaces",
  },
  {
    errno: ["EAGAIN"],
    call: ["clone3", "vfork", "fork"],
    hint: "the limit of processes (pids cgroup, RLIMIT_NPROC) is reached",
  },
  {
    errno: ["EPERM"],
    call: ["clone3", "unshare"],
    hint: "creating namespaces takes root with CAP_SYS_ADMIN, or a user namespace that the machine lets ordinary users make, and no filter around this runtime that forbids it",
  },
  {
    errno: ["EPERM"],
    op: ["idMaps"],
    hint: "whoever maps ids must have them: an ordinary user his own, root of a user namespace those that it maps",
  },
  {
    op: ["idMaps"],
    hint: "an ordinary user maps his own ids; those of others take newuidmap and newgidmap (Debian: uidmap) and entries for him in /etc/subuid and /etc/subgid",
  },
  {
    errno: ["EPERM"],
    at: /^\/process\/(scheduler|ioPriority)/,
    hint: "realtime classes take CAP_SYS_NICE of the machine, not of a user namespace",
  },
  {
    errno: ["EPERM"],
    call: ["capset"],
    hint: "this runtime has not all of process.capabilities itself",
  },
  {
    errno: ["EPERM"],
    op: ["rlimit", "raiseRlimit"],
    hint: "raising a hard limit takes CAP_SYS_RESOURCE",
  },
  { errno: ["EACCES", "EPERM"], at: /oomScoreAdj/, hint: "lowering it takes CAP_SYS_RESOURCE" },
  {
    errno: ["ENOENT", "EINVAL"],
    at: /apparmorProfile/,
    hint: "the profile must be loaded on the host",
  },
  {
    errno: ["EINVAL"],
    at: /selinuxLabel|mountLabel/,
    hint: "the label must be valid under the host's SELinux policy",
  },
  {
    errno: ["EINVAL"],
    op: ["seccomp"],
    hint: "the filter is too long, or uses a flag that this kernel lacks",
  },
  {
    errno: ["EACCES"],
    op: ["seccomp"],
    hint: "without CAP_SYS_ADMIN a filter needs process.noNewPrivileges",
  },

  // --- resctrl ---
  {
    errno: ["ENOSPC"],
    op: ["makeResctrl"],
    hint: "the processor has no more of them: remove a group, or share one by closID",
  },
  {
    errno: ["EEXIST"],
    op: ["makeResctrl"],
    hint: "the container's own group goes with it: remove the one that is there, or name it in closID",
  },
  {
    errno: ["ENOENT"],
    op: ["makeResctrl", "joinResctrl"],
    hint: "resctrl must be mounted there; a class that gets no schemata must have been made",
  },

  // --- Anything ---
  { errno: ["ENOSPC"], hint: "the disk, or a quota, is full" },
  { errno: ["EDQUOT"], hint: "the user's disk quota is used up" },
  { errno: ["EMFILE", "ENFILE"], hint: "too many open files: raise RLIMIT_NOFILE" },
  {
    errno: ["EPERM"],
    call: ["mount_setattr", "open_tree", "move_mount", "fsconfig", "pivot_root"],
    hint: "it takes CAP_SYS_ADMIN, and no filter around this runtime that forbids it",
  },
  {
    errno: ["ENOSYS"],
    hint: "the kernel lacks this call (5.14 is needed), or a filter around this runtime hides it",
  },
];

export function hintFor(failure: Failure): string | undefined {
  return machineHint(failure) ?? ROWS.find((row) => fits(row, failure))?.hint;
}

/** e_machine of ELF headers (elf.h), as people call the machines. */
const MACHINES: ReadonlyMap<string, string> = new Map([
  ["3", "x86 (32 bit)"],
  ["8", "MIPS"],
  ["21", "PowerPC (64 bit)"],
  ["22", "s390"],
  ["40", "Arm (32 bit)"],
  ["62", "x86-64"],
  ["183", "Arm (64 bit)"],
  ["243", "RISC-V"],
  ["258", "LoongArch"],
]);

/** The init reads the header of what the kernel would not execute. */
function machineHint({ errnoName, text }: Failure): string | undefined {
  const machine = errnoName === "ENOEXEC" ? /ELF machine (\d+)/.exec(text)?.[1] : undefined;
  if (machine === undefined) return undefined;
  return `the program is built for ${MACHINES.get(machine) ?? `machine type ${machine}`}`;
}

function fits(row: Row, failure: Failure): boolean {
  return (
    (row.errno?.includes(failure.errnoName) ?? true) &&
    (row.call?.includes(failure.call) ?? true) &&
    (row.op?.includes(failure.op) ?? true) &&
    (row.at?.test(failure.at) ?? true)
  );
}
