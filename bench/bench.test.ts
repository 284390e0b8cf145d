// The bench's pure parts. The rest shows itself by `--quick`.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parseInstructions } from "./filters.ts";
import { allowedDevices } from "./floor/tables.ts";
import { median } from "./measure.ts";
import { formatResults, newestOf, type Results, type Row } from "./report.ts";
import { drawResults } from "./svg.ts";

const test = suite("bench");

test("median() of odd and even counts", () => {
  assert.is(median([3, 1, 2]), 2);
  assert.is(median([4, 1, 3, 2]), 2.5);
});

test("parseInstructions() reads strace's raw filters", () => {
  const line =
    "seccomp(0x1, 0, {len=2, filter=[BPF_STMT(0|0|0x20, 0x4), BPF_JUMP(0x5|0|0x10, 0xc000003e, 0x2, 0x1)]}) = 0";
  assert.is(parseInstructions(line)?.toString("hex"), "2000000004000000" + "150002013e0000c0");
  assert.is(parseInstructions(line.replace("len=2", "len=3")), undefined, "cut short by strace");
});

test("allowedDevices() applies the rules in order", () => {
  const fuse = { type: "c", major: 10, minor: 229, access: "rwm" };
  const everything = { allow: false, access: "rwm" };
  const isAllowed = (rules: Parameters<typeof allowedDevices>[0]) =>
    allowedDevices(rules).some(({ major }) => major === 10);
  assert.is(isAllowed([everything, { ...fuse, allow: true }]), true);
  assert.is(isAllowed([{ ...fuse, allow: true }, everything]), false);
  assert.is(
    isAllowed([
      { ...fuse, allow: true },
      { ...fuse, allow: false },
    ]),
    false,
  );
});

const summary = (wall: number) => ({
  samples: 1,
  wallMs: { median: wall, min: wall },
  cpuMs: { median: wall, min: wall },
  peakRssMb: 1,
  pageFaults: 1,
});
const row = (name: string, kind: string, version: string, wall: number): Row => ({
  name,
  kind,
  version,
  steps: { run: summary(wall), create: summary(wall) },
});
const rows: Row[] = [
  row("floor", "floor", "", 2),
  { name: "trunc", kind: "trunc", version: "", absent: "not built", steps: {} },
  row("crun", "crun", "crun version 1.8.1", 10),
  row("crun-new", "crun", "crun version 1.28", 8),
];
const machine = {
  cpu: "C",
  cpus: 2,
  memoryGiB: 1,
  kernel: "6",
  distribution: "D",
  cgroups: "v2 <none>",
  load: "0",
};
const results: Results = {
  date: "2026-01-01T00:00:00Z",
  commit: "c",
  machine,
  rootfs: "tmpfs",
  rounds: 1,
  notes: [],
  cases: [{ name: "default", rows }],
};

test("newestOf() compares versions as numbers and needs numbers", () => {
  assert.is(newestOf(rows, "crun")?.name, "crun-new");
  assert.is(newestOf(rows, "trunc"), undefined);
});

test("formatResults() gives ratios to the newest crun and to the floor, and says who is absent", () => {
  const report = formatResults(results);
  assert.match(report, /crun 1\.8\.1 .*\| +1\.25 \| +5\.00 \|/);
  assert.match(report, /\| trunc +\| +not built \|/);
});

test("drawResults() is well formed and escapes what it shows", () => {
  const svg = drawResults(results);
  assert.match(svg, "v2 &lt;none>");
  assert.not.match(svg, /NaN|Infinity|undefined/);
});

test.run();
