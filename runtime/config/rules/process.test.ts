import { suite } from "uvu";
import * as assert from "uvu/assert";
import { problemsWith } from "../testing.ts";

type Case = readonly [
  name: string,
  patch: { [pointer: string]: unknown },
  problems: readonly string[],
];

const test = suite("rules/process");

const scheduler = (value: object) => ({ "/process/scheduler": value });
const rlimit = (type: string, soft: number | bigint = 1, hard: number | bigint = 1) => ({
  type,
  soft,
  hard,
});

const CASES: readonly Case[] = [
  [
    "checkArgs() wants some",
    { "/process/args": [] },
    ["/process/args: must have at least one entry"],
  ],
  ["checkArgs() wants them", { "/process/args": undefined }, ["/process/args: is missing"]],
  ["checkArgs() takes empty ones", { "/process/args": ["a", ""] }, []],
  ["checkCwd()", { "/process/cwd": "" }, ['/process/cwd: "" is not an absolute path']],
  ["checkEnv()", { "/process/env": ["A=", "B==="] }, []],
  [
    "checkEnv() wants names and values",
    { "/process/env": ["A=b", "A", "=b", ""] },
    [
      '/process/env/1: "A" is not of the form name=value',
      '/process/env/2: "=b" is not of the form name=value',
      '/process/env/3: "" is not of the form name=value',
    ],
  ],
  [
    "a user is needed in full",
    { "/process/user": {} },
    ["/process/user/uid: is missing", "/process/user/gid: is missing"],
  ],
  [
    "checkGroups()",
    { "/process/user": { uid: 0, gid: 0, additionalGids: Array(65536).fill(1) } },
    [],
  ],
  [
    "checkGroups() knows how many the kernel takes",
    { "/process/user": { uid: 0, gid: 0, additionalGids: Array(65537).fill(1) } },
    ["/process/user/additionalGids: 65537 groups are more than the kernel's 65536"],
  ],
  [
    "ids are 32 bits wide, without the last one",
    {
      "/process/user": {
        uid: 4294967294,
        gid: 4294967295,
        additionalGids: [1, 4294967296, 1.5, "0"],
        umask: -1,
      },
    },
    [
      "/process/user/gid: 4294967295 is not an integer from 0 to 4294967294",
      "/process/user/umask: -1 is not an integer from 0 to 4294967295",
      "/process/user/additionalGids/1: 4294967296 is not an integer from 0 to 4294967294",
      "/process/user/additionalGids/2: 1.5 is not an integer from 0 to 4294967294",
      '/process/user/additionalGids/3: "0" is not an integer from 0 to 4294967294',
    ],
  ],
  [
    "checkRlimits() takes each once",
    { "/process/rlimits": [rlimit("RLIMIT_NOFILE", 1, 2n ** 64n - 1n), rlimit("RLIMIT_CORE")] },
    [],
  ],
  [
    "checkRlimits()",
    { "/process/rlimits": [rlimit("RLIMIT_CORE"), rlimit("RLIMIT_CORE", 2n ** 63n, 1)] },
    [
      "/process/rlimits/1: a second limit for RLIMIT_CORE",
      "/process/rlimits/1/soft: 9223372036854775808 is more than the hard limit 1",
    ],
  ],
  [
    "rlimits are a closed list",
    { "/process/rlimits": [{ type: "RLIMIT_X", soft: 2n ** 64n }] },
    [
      "/process/rlimits/0/hard: is missing",
      '/process/rlimits/0/type: "RLIMIT_X" is not one of RLIMIT_CPU, RLIMIT_FSIZE, RLIMIT_DATA, RLIMIT_STACK, RLIMIT_CORE, RLIMIT_RSS, RLIMIT_NPROC, RLIMIT_NOFILE, RLIMIT_MEMLOCK, RLIMIT_AS, RLIMIT_LOCKS, RLIMIT_SIGPENDING, RLIMIT_MSGQUEUE, RLIMIT_NICE, RLIMIT_RTPRIO, RLIMIT_RTTIME',
      "/process/rlimits/0/soft: 18446744073709551616 is not an integer from 0 to 18446744073709551615",
    ],
  ],
  [
    "checkConsoleSize() without a terminal",
    { "/process/consoleSize": { height: 0, width: 70000 } },
    [],
  ],
  ["checkConsoleSize() without a size", { "/process/terminal": true }, []],
  [
    "checkConsoleSize() with a terminal",
    { "/process/terminal": true, "/process/consoleSize": { height: 65535, width: 70000 } },
    ["/process/consoleSize/width: 70000 is more than 65535"],
  ],
  [
    "checkCpuAffinity()",
    { "/process/execCPUAffinity": { initial: "0-3,7", final: "7-1" } },
    ['/process/execCPUAffinity/final: "7-1" is not a list of CPUs like "0-3,7"'],
  ],
  [
    "oomScoreAdj",
    { "/process/oomScoreAdj": -1001 },
    ["/process/oomScoreAdj: -1001 is not an integer from -1000 to 1000"],
  ],
  [
    "ioPriority",
    { "/process/ioPriority": { class: "IOPRIO_CLASS_NONE", priority: 8 } },
    [
      '/process/ioPriority/class: "IOPRIO_CLASS_NONE" is not one of IOPRIO_CLASS_RT, IOPRIO_CLASS_BE, IOPRIO_CLASS_IDLE',
      "/process/ioPriority/priority: 8 is not an integer from 0 to 7",
    ],
  ],
  [
    "checkScheduler() of SCHED_OTHER",
    scheduler({ policy: "SCHED_OTHER", nice: -20, priority: 0, runtime: 0 }),
    [],
  ],
  [
    "checkScheduler() of SCHED_RR",
    scheduler({ policy: "SCHED_RR", priority: 99, flags: ["SCHED_FLAG_RESET_ON_FORK"] }),
    [],
  ],
  [
    "checkScheduler() wants a priority where there is one",
    scheduler({ policy: "SCHED_FIFO" }),
    ["/process/scheduler/priority: 0 is not a priority of SCHED_FIFO, 1 to 99"],
  ],
  [
    "checkScheduler() knows the largest priority",
    scheduler({ policy: "SCHED_FIFO", priority: 100 }),
    ["/process/scheduler/priority: 100 is not a priority of SCHED_FIFO, 1 to 99"],
  ],
  [
    "checkScheduler() wants none elsewhere",
    scheduler({ policy: "SCHED_BATCH", priority: 1, nice: 20, deadline: 2n ** 60n }),
    ["/process/scheduler/nice: 20 is not an integer from -20 to 19"],
  ],
  [
    "checkScheduler() keeps deadlines apart",
    scheduler({ policy: "SCHED_BATCH", priority: 1, deadline: 2n ** 60n }),
    [
      "/process/scheduler/priority: 1: only SCHED_FIFO and SCHED_RR have a priority",
      "/process/scheduler/deadline: 1152921504606846976: only SCHED_DEADLINE has a deadline",
    ],
  ],
  [
    "checkScheduler() of SCHED_DEADLINE",
    scheduler({ policy: "SCHED_DEADLINE", runtime: 1024, deadline: 2n ** 60n, period: 2n ** 60n }),
    [],
  ],
  [
    "checkScheduler() without a period",
    scheduler({ policy: "SCHED_DEADLINE", runtime: 2000, deadline: 2000 }),
    [],
  ],
  [
    "checkScheduler() of times that don't fit",
    scheduler({ policy: "SCHED_DEADLINE", runtime: 3000, deadline: 2000, period: 1000 }),
    [
      "/process/scheduler/deadline: 2000 is less than the runtime 3000",
      "/process/scheduler/period: 1000 is less than the deadline 2000",
    ],
  ],
  [
    "checkScheduler() of no times",
    scheduler({ policy: "SCHED_DEADLINE" }),
    ["/process/scheduler/runtime: 0 is less than 1024 nanoseconds"],
  ],
];

for (const [name, patch, problems] of CASES) {
  test(name, () => {
    assert.equal(problemsWith(patch), problems);
  });
}

test.run();
