import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { HostOp } from "../ops.ts";
import { undoWrites, writtenFiles } from "./restore.ts";

const test = suite("cgroup/restore");

const write = (file: string, text: string): HostOp => ({
  op: "writeCgroup",
  at: "/x",
  root: "/c",
  path: "/p",
  file,
  text,
  ignore: ["EINVAL"],
});

const UNDOINGS: readonly (readonly [
  file: string,
  written: string,
  old: string | null,
  undo: string | undefined,
])[] = [
  ["memory.max", "1", "max\n", "max"],
  ["cpu.max", "1 2", "max 100000\n", "max 100000"],
  ["cpuset.cpus", "0", "\n", "\n"],
  ["cpuset.cpus", "0", "", "\n"],
  ["memory.max", "1", null, undefined],
  ["memory.oom_control", "1", "oom_kill_disable 0\nunder_oom 0\n", "0"],
  ["io.max", "8:0 rbps=1", "8:0 rbps=5 wbps=max\n", "8:0 rbps=5 wbps=max"],
  ["io.max", "8:16 rbps=1", "8:0 rbps=5\n", "8:16 rbps=max wbps=max riops=max wiops=max"],
  ["io.weight", "50", "default 100\n8:0 7\n", "default 100"],
  ["io.bfq.weight", "8:1 50", "default 100\n8:0 7\n", "8:1 default"],
  ["blkio.throttle.read_bps_device", "8:0 9", "", "8:0 0"],
  ["blkio.bfq.weight_device", "8:0 9", "8:0 100\n", "8:0 100"],
  ["rdma.max", "m hca_handle=1", "", "m hca_handle=max hca_object=max"],
  ["net_prio.ifpriomap", "lo 5", "lo 0\neth0 0\n", "lo 0"],
  ["io.latency", "8:0 target=1", "8:0 target=5\n8:1 target=6\n", undefined],
];

for (const [file, written, old, undo] of UNDOINGS) {
  test(`undoWrites() of ${file}=${written} over ${JSON.stringify(old)}`, () => {
    const ops = undoWrites([write(file, written)], () => old);
    assert.equal(
      ops.map((op) => op.op === "writeCgroup" && op.text),
      undo === undefined ? [] : [undo],
    );
  });
}

test("undoWrites() goes back from the last, and knows all kinds of writes", () => {
  const ops: HostOp[] = [
    { op: "enableControllers", at: "", root: "/c", path: "/p", controllers: [] },
    write("a", "1"),
    {
      op: "writeFirstCgroup",
      at: "",
      root: "/c",
      path: "/p",
      files: ["b", "c"],
      texts: ["2", "3"],
    },
    { op: "writeResctrl", at: "", root: "/r", path: "/g", file: "schemata", text: "L3:0=f\n" },
    write("devices.allow", "a"),
  ];
  const files = writtenFiles([...ops, write("a", "4")]);
  assert.equal(
    files.map(({ root, path, file }) => `${root}${path}/${file}`),
    ["/c/p/a", "/c/p/b", "/c/p/c", "/r/g/schemata"],
  );
  const undo = undoWrites(ops, ({ file }) => (file === "b" || /^dev/.test(file) ? null : file));
  assert.equal(
    undo.map((op) => op.op === "writeCgroup" && `${op.file}=${op.text}`),
    ["schemata=schemata", "c=c", "a=a"],
  );
});

test.run();
