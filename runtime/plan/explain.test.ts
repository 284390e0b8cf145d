import { suite } from "uvu";
import * as assert from "uvu/assert";
import { explainJson, explainText } from "./explain.ts";
import { MS_PRIVATE, MS_REC } from "./kernel.ts";
import type { Plan } from "./ops.ts";

const test = suite("explain");

const EMPTY: Plan = {
  before: [],
  fds: [],
  sandbox: { namespaces: 0x20020000, joins: [], intoCgroup: "/sys/fs/cgroup/c", preserveFds: 0 },
  after: [],
  init: [],
};

test("explainText() shows only the phases that have steps", () => {
  assert.is(
    explainText(EMPTY),
    "the sandbox\n  clone             namespaces=pid,mount  intoCgroup=/sys/fs/cgroup/c\n",
  );
});

/** The text between the operation and its pointer. */
const STEPS: readonly (readonly [step: Plan["init"][number], text: string])[] = [
  [{ op: "pivotRoot", at: "" }, ""],
  [
    {
      op: "mountFs",
      at: "/mounts/0",
      target: "/t",
      fstype: "tmpfs",
      params: ["source=tmpfs", "mode=755"],
      attrs: 0x2 | 0x20,
      propagation: MS_PRIVATE | MS_REC,
      copyUp: true,
    },
    "/t  tmpfs  source=tmpfs,mode=755  attrs=nosuid,strictatime  propagation=rprivate  copyUp",
  ],
  [
    {
      op: "mountBind",
      at: "/mounts/1",
      target: "/a b",
      source: "/s",
      fd: 3,
      recursive: false,
      set: 0x10,
      clear: 0x71,
      recursiveSet: 0,
      recursiveClear: 0x4,
      propagation: MS_PRIVATE,
    },
    '"/a b"  /s  fd=#3  set=noatime  clear=ro,atime  recursiveClear=nodev  propagation=private',
  ],
  [
    {
      op: "makeDevice",
      at: "",
      path: "/dev/sda",
      kind: 0o060000,
      major: 8,
      minor: 0,
      mode: 0o640,
      uid: 0,
      gid: 6,
    },
    "/dev/sda  kind=block  major=8  minor=0  mode=0640  uid=0  gid=6",
  ],
  [
    {
      op: "makeDevice",
      at: "",
      path: "/f",
      kind: 0o010000,
      major: 0,
      minor: 0,
      mode: 0o600,
      uid: 0,
      gid: 0,
    },
    "/f  kind=fifo  major=0  minor=0  mode=0600  uid=0  gid=0",
  ],
  [
    { op: "rlimit", at: "", resource: 0, soft: 0, hard: 2n ** 64n - 1n },
    "resource=0  soft=0  hard=18446744073709551615",
  ],
  [{ op: "memoryPolicy", at: "", mode: 3, nodes: new Uint8Array(8) }, "mode=03  nodes=<8 bytes>"],
  [
    {
      op: "seccomp",
      at: "",
      profile: "A x86_64\n".repeat(20),
      filter: new Uint8Array(),
      flags: 4,
      notify: false,
    },
    "profile=<180 characters>  flags=4",
  ],
  [
    {
      op: "credentials",
      at: "",
      uid: 1,
      gid: 0,
      groups: [4, 5],
      keepGroups: false,
      bounding: 0x21,
      permitted: 0,
      effective: 0,
      inheritable: 0,
      ambient: 0,
    },
    "uid=1  gid=0  groups=4,5  bounding=0x21",
  ],
  [{ op: "umask", at: "", mask: 0 }, "mask=00"],
  [{ op: "exec", at: "", args: ["sh", "-c", "a b"], env: ["A=1"] }, 'sh,-c,"a b"  env=A=1'],
];

for (const [step, text] of STEPS) {
  test(`explainText() shows ${step.op}: ${text}`, () => {
    const line =
      explainText({ ...EMPTY, init: [step] })
        .trimEnd()
        .split("\n")
        .at(-1) ?? "";
    const shown = `  ${step.op.padEnd(18)}${text}`;
    assert.is(line, step.at === "" ? shown.trimEnd() : `${shown.padEnd(96)}  ${step.at}`);
  });
}

test("explainText() has a heading for each phase, and numbers the descriptors", () => {
  const text = explainText({
    before: [{ op: "makeCgroup", at: "", root: "/r", path: "/c", seedCpuset: true }],
    fds: [{ op: "fifo", at: "", path: "/f" }],
    sandbox: {
      namespaces: 0,
      joins: [{ at: "/linux/namespaces/0", kind: 0x10000000, path: "/u" }],
      intoCgroup: "",
      preserveFds: 2,
    },
    after: [{ op: "joinCgroup", at: "", root: "/r", path: "/c" }],
    init: [{ op: "ready", at: "" }],
  });
  assert.equal(
    text.split("\n").map((line) => line.replace(/ +/g, " ")),
    [
      "on the host, before the clone",
      " makeCgroup root=/r /c seedCpuset",
      "",
      "descriptors for the init",
      " fifo #0 /f",
      "",
      "the sandbox",
      " clone",
      " join user /u /linux/namespaces/0",
      " keep 2 descriptors from 3 on",
      "",
      "on the host, after the clone",
      " joinCgroup root=/r /c",
      "",
      "in the container",
      " ready",
      "",
    ],
  );
});

test("explainJson() survives bytes and big integers", () => {
  const init: Plan["init"] = [
    { op: "rlimit", at: "", resource: 1, soft: 1, hard: 2n ** 64n - 1n },
    { op: "cpuAffinity", at: "", cpus: new Uint8Array(8) },
  ];
  assert.equal(JSON.parse(explainJson({ ...EMPTY, init })).init, [
    { op: "rlimit", at: "", resource: 1, soft: 1, hard: "18446744073709551615" },
    { op: "cpuAffinity", at: "", cpus: { bytes: 8 } },
  ]);
});

test.run();
