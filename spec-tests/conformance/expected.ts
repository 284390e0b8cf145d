// What trunc does not pass of the validation suite, and why. `make test` holds it to this table, both ways;
// docs/conformance.md is made from it.

/** Whose failure it is. */
export type Cause =
  /** The suite asks for what its own specification does not, or is mistaken. */
  | "suite"
  /** The machine can't do what the test tries. */
  | "machine"
  /** The specification says so too, and what calls runtimes needs it otherwise. */
  | "engines";

/** Where the suite is run: trunc alone on this machine's hierarchies, in a view with cgroup2 alone, in the machine of spec-tests/vm. */
export type World = "hybrid" | "v2" | "vm";

export interface Expected {
  readonly tests: readonly string[];
  /** Parts of titles: each failure has one of them, each of them has a failure. Every title has the part "". */
  readonly fails: readonly string[];
  readonly cause: Cause;
  /** What is so and how to see it. */
  readonly reason: string;
  /** Only there; everywhere without it. */
  readonly worlds?: readonly World[];
  /** Fails only where one of these (spec-tests/harness/needs.ts) is not met. */
  readonly needs?: readonly string[];
  /** Passes at times, for this reason. */
  readonly unsteady?: string;
}

const V1: readonly World[] = ["hybrid"];
const V2: readonly World[] = ["v2", "vm"];

export const EXPECTED: readonly Expected[] = [
  {
    tests: ["delete"],
    fails: [
      "attempting to `delete` a container that is not `stopped` MUST generate an error",
      "attempting to `delete` a container that is not `stopped` MUST have no effect on the container",
    ],
    cause: "engines",
    reason:
      "A container that is `created` is deleted, as runc and crun do it: containerd and podman delete what they have made and not started. One that is `running` is refused, as the text has it.",
  },
  {
    tests: ["hooks"],
    fails: ["error: Hooks MUST be called in the listed order"],
    cause: "suite",
    reason:
      'The hooks write "post-start1 called"; the test compares with "post-start1", so that no runtime can pass.',
  },
  {
    tests: ["prestart"],
    fails: ["error: Pre-start hooks MUST be called after the `start` operation is called"],
    cause: "suite",
    reason:
      "The opposite of config.md#prestart since 1.0.2: they are part of `create`, before the pivot.",
  },
  {
    tests: ["poststart"],
    fails: ["error: The post-start hooks MUST be called after the user-specified process"],
    cause: "suite",
    reason:
      "A shell in the container and one on the host append to one file; which of them is first is the scheduler's choice, though the hook is started after the program was.",
    unsteady: "on most runs the program writes first",
  },
  {
    tests: ["poststart_fail"],
    fails: ["error: if any poststart hook fails, the runtime MUST log a warning"],
    cause: "suite",
    reason:
      "Before 1.3 a warning was enough. runtime.md#lifecycle, step 9, now: the runtime MUST generate an error and stop the container.",
  },
  {
    tests: ["start"],
    fails: ["exit status 1"],
    cause: "suite",
    reason:
      "The last case wants `start` of a container without `process` to succeed (`err == nil`), under the title that it MUST generate an error. trunc, as runc, refuses such a config at `create`.",
  },
  {
    tests: ["killsig"],
    fails: ["`kill` operation MUST send the specified signal to the container process"],
    cause: "suite",
    reason:
      "Sends the signal as soon as the container is `running`, though its shell may not have come to `trap` yet: as process 1 it does not hear it then.",
    unsteady: "on most runs the shell is faster",
  },
  {
    tests: ["misc_props"],
    fails: [
      "implementations that are reading/processing this configuration file MUST NOT generate",
    ],
    cause: "suite",
    reason:
      "The case runs /runtimetest, which the test never copies into its bundle: no such file. The unknown annotation itself is taken (spec-tests/config/annotations).",
  },
  {
    tests: ["pidfile"],
    fails: ["create with '--pid-file' option works"],
    cause: "suite",
    reason:
      "Waits for `running` of a container that runs `true`, then kills it: once it has ended there is nothing to kill, which MUST generate an error.",
    unsteady: "`true` may still be there when the first look comes early",
  },
  {
    tests: ["process_capabilities_fail"],
    fails: [
      "exit 1: Any value which cannot be mapped to a relevant kernel interface MUST cause an error",
    ],
    cause: "suite",
    reason:
      "The rule of 1.0. config.md#linux-process now: such a capability MUST be logged as a warning, and runtimes SHOULD NOT fail.",
  },
  {
    tests: ["process_rlimits"],
    fails: ["has expected soft RLIMIT_NOFILE"],
    cause: "suite",
    reason:
      "The program inside is written in Go, whose runtime raises its own soft limit at its start; `ulimit -n` in a shell there says 3000 (spec-tests/config/rlimits).",
  },
  {
    tests: ["linux_ns_itype"],
    fails: ["cannot run validation tests: exit status 1"],
    cause: "engines",
    reason:
      "A container without a mount namespace of its own, with mounts: they would be the host's, and stay there. runc makes them (seven are left on the host after `delete`, in a directory that the test then empties recursively, /proc and /sys included); trunc refuses. Without mounts such a container is run (spec-tests/config-linux/namespaces).",
  },
  {
    tests: ["linux_process_apparmor_profile"],
    fails: ["apparmorProfile"],
    cause: "machine",
    reason:
      "No AppArmor in this kernel, or no profile of that name loaded. A profile that can't be applied is an error, never left out.",
  },
  {
    tests: ["linux_mount_label"],
    fails: ["exit 1: trunc: /linux/mountLabel: selinux label is specified in config"],
    cause: "machine",
    reason: "No SELinux in this kernel. A label that can't be applied is an error, never left out.",
    needs: ["SELinux"],
  },
  {
    tests: ["process_capabilities"],
    fails: ["capability CAP_SYS_RESOURCE set"],
    cause: "machine",
    reason:
      "It asks for every capability, and this machine withholds CAP_SYS_RESOURCE from root: it is left out with a warning, where runc fails.",
    needs: ["CAP_SYS_RESOURCE"],
  },
  {
    tests: ["linux_cgroups_pids", "linux_cgroups_relative_pids", "delete_resources"],
    fails: ["pids limit is set correctly"],
    cause: "suite",
    reason:
      "Compares two pointers: `pids.limit` became one in 1.3, and ValidateLinuxResourcesPids was not changed. It prints their addresses.",
    worlds: V1,
  },
  {
    tests: ["linux_cgroups_devices", "linux_cgroups_relative_devices"],
    fails: ["devices c 10:229 rwm is set correctly"],
    cause: "suite",
    reason:
      "Takes entry N-1 of `devices.list` for entry N of the config. The kernel lists what is allowed in an order of its own, and the default devices are in it.",
    worlds: V1,
  },
  {
    tests: ["linux_cgroups_memory", "linux_cgroups_relative_memory"],
    fails: ["memory kernel is set correctly", "memory kernelTCP is set correctly"],
    cause: "machine",
    reason:
      "Linux has no limit of kernel memory any more (`memory.kmem.limit_in_bytes` is ignored since 5.16). config-linux.md#memory: NOT RECOMMENDED; trunc warns.",
    worlds: V1,
  },
  {
    tests: ["linux_cgroups_blkio"],
    fails: ["exit 1: trunc: linux.resources.blockIO.leafWeight"],
    cause: "machine",
    reason: "`blkio.leaf_weight` went with the CFQ scheduler in Linux 5.0.",
    worlds: V1,
  },
  {
    tests: ["linux_cgroups_relative_blkio"],
    fails: ["exit status 1"],
    cause: "machine",
    reason: "`blkio.leaf_weight` went with the CFQ scheduler in Linux 5.0.",
    worlds: V1,
  },
  {
    tests: ["linux_cgroups_network"],
    fails: ["exit 1: trunc: /linux/resources/network/classID: this host has no"],
    cause: "machine",
    reason: "No net_cls hierarchy is mounted.",
    worlds: V1,
    needs: ["net_cls controller", "net_prio controller"],
  },
  {
    tests: ["linux_cgroups_relative_network"],
    fails: ["exit status 1"],
    cause: "machine",
    reason: "No net_cls hierarchy is mounted.",
    worlds: V1,
    needs: ["net_cls controller", "net_prio controller"],
  },
  {
    tests: ["linux_cgroups_hugetlb"],
    fails: ["exit 1: In the case of an absolute path"],
    cause: "machine",
    reason: "hugetlb is on the cgroup2 half here; the suite looks at cgroup v1 only.",
    worlds: V1,
  },
  {
    tests: ["linux_cgroups_relative_hugetlb"],
    fails: ["get hugetlb cgroup data"],
    cause: "machine",
    reason: "hugetlb is on the cgroup2 half here; the suite looks at cgroup v1 only.",
    worlds: V1,
  },
  {
    tests: [
      "delete_resources",
      "linux_cgroups_blkio",
      "linux_cgroups_cpus",
      "linux_cgroups_devices",
      "linux_cgroups_hugetlb",
      "linux_cgroups_memory",
      "linux_cgroups_network",
      "linux_cgroups_pids",
      "linux_cgroups_relative_blkio",
      "linux_cgroups_relative_cpus",
      "linux_cgroups_relative_devices",
      "linux_cgroups_relative_hugetlb",
      "linux_cgroups_relative_memory",
      "linux_cgroups_relative_network",
      "linux_cgroups_relative_pids",
    ],
    fails: [""],
    cause: "suite",
    reason:
      'It reads cgroup v1 only ("cgroupv2 is not supported yet"). What trunc writes on cgroup2 is tried by spec-tests/config-linux/resources and spec-tests/config-linux/limits.',
    worlds: V2,
  },
  {
    tests: ["delete_only_create_resources"],
    fails: ["exit 1: open /sys/fs/cgroup/pids/cgrouptest/tasks"],
    cause: "suite",
    reason: "Writes to a cgroup v1 hierarchy without looking whether there is one.",
    worlds: V2,
  },
];
