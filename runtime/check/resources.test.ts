import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Resources } from "../config/types.ts";
import type { Look } from "./finding.ts";
import { type CgroupWrite, resourceFindings } from "./resources.ts";
import { checkRlimits } from "./rlimits.ts";
import { filesLook, someConfig } from "./testing.ts";

const test = suite("check/resources");

const write = (at: string, files: string[], text = "1"): CgroupWrite => ({
  at: `/linux/resources${at}`,
  root: "/sys/fs/cgroup/x",
  path: "/engine/c1",
  files,
  text,
});

const found = (resources: Resources, writes: CgroupWrite[], look: Look) =>
  resourceFindings(someConfig({ linux: { resources } }), writes, look).map(
    ({ level, at, message }) => `${level} ${at}: ${message}`,
  );

const OTHER = "/sys/fs/cgroup/x/other";

const FILES: [title: string, write: CgroupWrite, files: Record<string, string>, found: string[]][] =
  [
    ["a file that others have", write("/a", ["memory.max"]), { [`${OTHER}/memory.max`]: "" }, []],
    ["nobody to compare with", write("/a", ["memory.max"]), {}, []],
    [
      "no realtime limits",
      write("/cpu/realtimeRuntime", ["cpu.rt_runtime_us"]),
      { [`${OTHER}/cpu.shares`]: "" },
      [
        "error /linux/resources/cpu/realtimeRuntime: this kernel has no realtime limits for cgroups",
      ],
    ],
    [
      "one of two",
      write("/blockIO/weight", ["blkio.weight", "blkio.bfq.weight"]),
      { [`${OTHER}/blkio.bfq.weight`]: "" },
      [],
    ],
    [
      "no huge pages of a size",
      write("/hugepageLimits/0", ["hugetlb.3MB.max"]),
      { [`${OTHER}/hugetlb.2MB.max`]: "" },
      ["error /linux/resources/hugepageLimits/0: this machine has no huge pages of that size"],
    ],
    [
      "no swap accounting",
      write("/memory/swap", ["memory.memsw.limit_in_bytes"]),
      { [`${OTHER}/memory.limit_in_bytes`]: "" },
      ["error /linux/resources/memory/swap: this kernel does not account swap"],
    ],
    [
      "a cgroup of v2 without the controller, which tells nothing",
      write("/memory/limit", ["memory.max"]),
      { [`${OTHER}/cgroup.controllers`]: "pids\n" },
      [],
    ],
    [
      "the nearest cgroup above that is there",
      write("/a", ["new.file"]),
      { "/sys/fs/cgroup/x/engine/cgroup.procs": "", [`${OTHER}/new.file`]: "" },
      ["error /linux/resources/a: cgroups of this kernel have no file new.file"],
    ],
    [
      "more realtime runtime than there is",
      write("/cpu/realtimeRuntime", ["cpu.rt_runtime_us"], "5000"),
      {
        "/sys/fs/cgroup/x/engine/cgroup.procs": "",
        "/sys/fs/cgroup/x/engine/cpu.rt_runtime_us": "0\n",
      },
      [
        "error /linux/resources/cpu/realtimeRuntime: 5000 is more than /sys/fs/cgroup/x/engine has: 0",
      ],
    ],
  ];
for (const [title, one, files, expected] of FILES) {
  test(`resourceFindings() with ${title}`, () => {
    const other = Object.keys(files).some((path) => path.startsWith(OTHER));
    const all = { ...files, ...(other && { [`${OTHER}/cgroup.procs`]: "" }) };
    assert.equal(found({}, [one], filesLook(all)), expected);
  });
}

const MACHINE = filesLook({
  "/sys/devices/system/cpu/online": "0-1,4\n",
  "/sys/devices/system/node/online": "0\n",
  "/proc/sys/kernel/pid_max": "32768\n",
  "/sys/block/sda/queue/scheduler": "none [mq-deadline] bfq\n",
});

const VALUES: [resources: Resources, expected: string[]][] = [
  [{ cpu: { cpus: "0-1,4", mems: "0" }, pids: { limit: 32768 } }, []],
  [{ cpu: { cpus: "0-3" } }, ['error /linux/resources/cpu/cpus: "0-3": there is no CPU 2']],
  [{ cpu: { mems: "1" } }, ['error /linux/resources/cpu/mems: "1": there is no memory node 1']],
  [
    { pids: { limit: 40000 } },
    [
      "warning /linux/resources/pids/limit: 40000 is never reached: this machine has no more than 32768 processes",
    ],
  ],
  [{ pids: { limit: -1 } }, []],
  [
    { blockIO: { weight: 100 } },
    [
      "warning /linux/resources/blockIO/weight: has no effect: no block device has the scheduler bfq",
    ],
  ],
];
for (const [resources, expected] of VALUES) {
  test(`resourceFindings() of ${JSON.stringify(resources)}`, () => {
    assert.equal(found(resources, [], MACHINE), expected);
    assert.equal(found(resources, [], filesLook({})), []);
  });
}

const LIMITS = `Limit                     Soft Limit           Hard Limit           Units
Max open files            1024                 4096                 files
Max core file size        0                    unlimited            bytes
`;
const INITIAL = "         0          0 4294967295\n";

const RLIMITS: [title: string, files: Record<string, string>, found: string[]][] = [
  [
    "a caller without the capability",
    {},
    ["/process/rlimits/0/hard: 5000 is more than the caller's own RLIMIT_NOFILE, which is 4096"],
  ],
  ["one that has it", { "/proc/self/status": "CapEff:\t0000000001000000\n" }, []],
  [
    "one that has it in a user namespace",
    { "/proc/self/status": "CapEff:\t0000000001000000\n", "/proc/self/uid_map": "0 1000 1\n" },
    ["/process/rlimits/0/hard: 5000 is more than the caller's own RLIMIT_NOFILE, which is 4096"],
  ],
  [
    "a machine that has no more for anybody",
    { "/proc/self/status": "CapEff:\t0000000001000000\n", "/proc/sys/fs/nr_open": "4999\n" },
    ["/process/rlimits/0/hard: 5000 is more than fs.nr_open, which is 4999"],
  ],
];
for (const [title, files, expected] of RLIMITS) {
  test(`checkRlimits() for ${title}`, () => {
    const config = someConfig({
      process: {
        ...someConfig().process,
        rlimits: [
          { type: "RLIMIT_NOFILE", soft: 1, hard: 5000 },
          { type: "RLIMIT_CORE", soft: 1, hard: 18446744073709551615n },
        ],
      },
    });
    const look = filesLook({
      "/proc/self/limits": LIMITS,
      "/proc/self/status": "CapEff:\t0000000000000000\n",
      "/proc/self/uid_map": INITIAL,
      ...files,
    });
    assert.equal(
      checkRlimits(config, look).map(({ at, message }) => `${at}: ${message}`),
      expected,
    );
  });
}

test.run();
