// Every closed list of words in runtime-spec 1.3.0 that trunc knows. Data only: the runtime imports it too.
// Spec: config.md, config-linux.md, runtime.md#state

/** config-linux.md#namespaces */
export const NAMESPACE_TYPES = [
  "pid",
  "network",
  "mount",
  "ipc",
  "uts",
  "user",
  "cgroup",
  "time",
] as const;

/** config-linux.md#devices; `u` is another name of `c`. */
export const DEVICE_TYPES = ["c", "b", "u", "p"] as const;

/** config-linux.md#allowed-device-list; engines also send "" for "all". */
export const DEVICE_RULE_TYPES = ["a", "c", "b", ""] as const;

/** config-linux.md#rootfs-mount-propagation; runc also takes the recursive words and "". */
export const ROOTFS_PROPAGATIONS = [
  "shared",
  "slave",
  "private",
  "unbindable",
  "rshared",
  "rslave",
  "rprivate",
  "runbindable",
  "",
] as const;

/** config-linux.md#offset-for-time-namespace: time_namespaces(7) has no other clock. */
export const TIME_CLOCKS = ["monotonic", "boottime"] as const;

/** config-linux.md#personality */
export const PERSONALITY_DOMAINS = ["LINUX", "LINUX32"] as const;
/** The specification defines none yet: these are the kernel's names (linux/personality.h). */
export const PERSONALITY_FLAGS = [
  "ADDR_COMPAT_LAYOUT",
  "ADDR_LIMIT_32BIT",
  "ADDR_LIMIT_3GB",
  "ADDR_NO_RANDOMIZE",
  "FDPIC_FUNCPTRS",
  "MMAP_PAGE_ZERO",
  "READ_IMPLIES_EXEC",
  "SHORT_INODE",
  "STICKY_TIMEOUTS",
  "UNAME26",
  "WHOLE_SECONDS",
] as const;

/** config-linux.md#memory-policy */
export const MEMORY_POLICY_MODES = [
  "MPOL_DEFAULT",
  "MPOL_BIND",
  "MPOL_INTERLEAVE",
  "MPOL_WEIGHTED_INTERLEAVE",
  "MPOL_PREFERRED",
  "MPOL_PREFERRED_MANY",
  "MPOL_LOCAL",
] as const;

/** config-linux.md#memory-policy */
export const MEMORY_POLICY_FLAGS = [
  "MPOL_F_NUMA_BALANCING",
  "MPOL_F_RELATIVE_NODES",
  "MPOL_F_STATIC_NODES",
] as const;

/** config.md#linux-process, `scheduler.policy` */
export const SCHEDULER_POLICIES = [
  "SCHED_OTHER",
  "SCHED_FIFO",
  "SCHED_RR",
  "SCHED_BATCH",
  "SCHED_ISO",
  "SCHED_IDLE",
  "SCHED_DEADLINE",
] as const;

/** config.md#linux-process, `scheduler.flags` */
export const SCHEDULER_FLAGS = [
  "SCHED_FLAG_RESET_ON_FORK",
  "SCHED_FLAG_RECLAIM",
  "SCHED_FLAG_DL_OVERRUN",
  "SCHED_FLAG_KEEP_POLICY",
  "SCHED_FLAG_KEEP_PARAMS",
  "SCHED_FLAG_UTIL_CLAMP_MIN",
  "SCHED_FLAG_UTIL_CLAMP_MAX",
] as const;

/** config.md#linux-process, `ioPriority.class` */
export const IO_PRIORITY_CLASSES = [
  "IOPRIO_CLASS_RT",
  "IOPRIO_CLASS_BE",
  "IOPRIO_CLASS_IDLE",
] as const;

/** config.md#posix-process, `rlimits[].type`: getrlimit(2). Index = RLIMIT_* number of most architectures. */
export const RLIMIT_TYPES = [
  "RLIMIT_CPU",
  "RLIMIT_FSIZE",
  "RLIMIT_DATA",
  "RLIMIT_STACK",
  "RLIMIT_CORE",
  "RLIMIT_RSS",
  "RLIMIT_NPROC",
  "RLIMIT_NOFILE",
  "RLIMIT_MEMLOCK",
  "RLIMIT_AS",
  "RLIMIT_LOCKS",
  "RLIMIT_SIGPENDING",
  "RLIMIT_MSGQUEUE",
  "RLIMIT_NICE",
  "RLIMIT_RTPRIO",
  "RLIMIT_RTTIME",
] as const;

/** config.md#posix-platform-hooks, in the order of the lifecycle. */
export const HOOK_NAMES = [
  "prestart",
  "createRuntime",
  "createContainer",
  "startContainer",
  "poststart",
  "poststop",
] as const;

/** runtime.md#state */
export const STATUSES = ["creating", "created", "running", "stopped"] as const;
