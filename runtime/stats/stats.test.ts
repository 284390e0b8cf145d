import { suite } from "uvu";
import * as assert from "uvu/assert";
import { writeJson } from "../config/json-write.ts";
import type { CgroupTarget } from "../plan/cgroup/path.ts";
import { type ReadRdt, rdtStats } from "./intel-rdt.ts";
import { pageSizes } from "./memory.ts";
import { statsFiles, statsOf } from "./stats.ts";
import { countOf, listOf } from "./values.ts";

const test = suite("stats");

/** As a reader of the output would see it. */
function stats(files: Record<string, string>, sizes: readonly string[] = []) {
  const texts = new Map(Object.entries(files));
  return JSON.parse(writeJson(statsOf((file) => texts.get(file) ?? null, sizes, {})));
}

const NO_CPUSET = {
  cpu_exclusive: 0,
  mem_hardwall: 0,
  mem_exclusive: 0,
  memory_migrate: 0,
  memory_spread_page: 0,
  memory_spread_slab: 0,
  memory_pressure: 0,
  sched_load_balance: 0,
  sched_relax_domain_level: 0,
};

test("statsOf() leaves out what runc leaves out", () => {
  assert.equal(stats({}), {
    cpu: {},
    cpuset: NO_CPUSET,
    memory: {},
    pids: {},
    blkio: {},
    hugetlb: {},
    intel_rdt: {},
    network_interfaces: null,
  });
});

test("statsOf() reads v1", () => {
  const found = stats(
    {
      "cpu.stat": "nr_periods 3\nnr_throttled 2\nthrottled_time 5000\n",
      "cpuacct.stat": "user 7\nsystem 8\n",
      "cpuacct.usage": "123456789\n",
      "cpuacct.usage_percpu": "1 2 \n",
      "cpuacct.usage_all": "cpu user system\n0 3 4\n1 5 6\n",
      "cpuset.cpus": "0-2,7\n",
      "cpuset.mems": "0\n",
      "cpuset.sched_load_balance": "1\n",
      "cpuset.sched_relax_domain_level": "-1\n",
      "memory.stat": "cache 10\nrss 20\n",
      "memory.limit_in_bytes": "9223372036854771712\n",
      "memory.usage_in_bytes": "30\n",
      "memory.max_usage_in_bytes": "40\n",
      "memory.failcnt": "1\n",
      "pids.current": "2\n",
      "pids.max": "max\n",
      "blkio.throttle.io_serviced_recursive": "",
      "blkio.throttle.io_serviced": "8:0 Read 1\n8:0 Total 1\nTotal 1\n",
      "blkio.throttle.io_service_bytes": "8:0 Read 4096\nTotal 4096\n",
      "hugetlb.2MB.usage_in_bytes": "5\n",
      "hugetlb.2MB.max_usage_in_bytes": "6\n",
      "hugetlb.2MB.failcnt": "7\n",
    },
    ["2MB", "1GB"],
  );
  assert.equal(found.cpu, {
    usage: {
      total: 123456789,
      percpu: [1, 2],
      percpu_kernel: [4, 6],
      percpu_user: [3, 5],
      kernel: 80_000_000,
      user: 70_000_000,
    },
    throttling: { periods: 3, throttledPeriods: 2, throttledTime: 5000 },
  });
  assert.equal(found.cpuset, {
    ...NO_CPUSET,
    cpus: [0, 1, 2, 7],
    mems: [0],
    sched_load_balance: 1,
    sched_relax_domain_level: -1,
  });
  assert.equal(found.memory, {
    cache: 10,
    usage: { limit: Number(2n ** 63n - 4096n), usage: 30, max: 40, failcnt: 1 },
    raw: { cache: 10, rss: 20 },
  });
  assert.equal(found.pids, { current: 2 });
  assert.equal(found.blkio, {
    ioServiceBytesRecursive: [{ major: 8, op: "Read", value: 4096 }],
    ioServicedRecursive: [
      { major: 8, op: "Read", value: 1 },
      { major: 8, op: "Total", value: 1 },
    ],
  });
  assert.equal(found.hugetlb, { "2MB": { usage: 5, max: 6, failcnt: 7 } });
});

test("statsOf() reads v2 in v1's units", () => {
  const found = stats(
    {
      "cpu.stat": "usage_usec 5\nuser_usec 3\nsystem_usec 2\nnr_throttled 1\nthrottled_usec 4\n",
      "cpu.pressure": "some avg10=1.50 avg60=0.00 avg300=0.00 total=12\n",
      "cpuset.cpus": "\n",
      "cpuset.cpus.effective": "0-1\n",
      "memory.stat": "anon 1\nfile 2\n",
      "memory.current": "100\n",
      "memory.max": "200\n",
      "memory.peak": "150\n",
      "memory.swap.current": "10\n",
      "memory.swap.max": "50\n",
      "memory.pressure":
        "some avg10=0.00 avg60=0.00 avg300=0.00 total=1\nfull avg10=0.00 avg60=0.25 avg300=0.00 total=2\n",
      "cgroup.procs": "1\n2\n",
      "io.stat": "8:0 rbytes=4096 wbytes=0 rios=1 wios=0 dbytes=0 dios=0\n",
      "hugetlb.2MB.current": "3\n",
      "hugetlb.2MB.rsvd.current": "4\n",
      "hugetlb.2MB.events": "max 9\n",
    },
    ["2MB"],
  );
  const nothing = { avg10: 0, avg60: 0, avg300: 0, total: 0 };
  assert.equal(found.cpu, {
    usage: { total: 5000, kernel: 2000, user: 3000 },
    throttling: { throttledPeriods: 1, throttledTime: 4000 },
    psi: { some: { ...nothing, avg10: 1.5, total: 12 }, full: nothing },
  });
  assert.equal(found.cpuset, { ...NO_CPUSET, cpus: [0, 1] });
  assert.equal(found.memory, {
    cache: 2,
    usage: { limit: 200, usage: 100, max: 150, failcnt: 0 },
    swap: { limit: 250, usage: 110, failcnt: 0 },
    raw: { anon: 1, file: 2 },
    psi: { some: { ...nothing, total: 1 }, full: { ...nothing, avg60: 0.25, total: 2 } },
  });
  assert.equal(found.pids, { current: 2 });
  assert.equal(found.blkio, {
    ioServiceBytesRecursive: [
      { major: 8, op: "Read", value: 4096 },
      { major: 8, op: "Write" },
    ],
    ioServicedRecursive: [
      { major: 8, op: "Read", value: 1 },
      { major: 8, op: "Write" },
    ],
  });
  assert.equal(found.hugetlb, { "2MB": { usage: 4, failcnt: 9 } });
});

test("statsOf() keeps no limit exact", () => {
  const texts = new Map([
    ["memory.current", "1\n"],
    ["memory.max", "max\n"],
    ["memory.swap.max", "max\n"],
  ]);
  const text = writeJson(statsOf((file) => texts.get(file) ?? null, [], {}));
  assert.match(text, '"usage":{"limit":18446744073709551615,');
  assert.match(text, '"swap":{"limit":18446744073709551615,');
});

const target = (version: 1 | 2, root: string, ...controllers: string[]): CgroupTarget => ({
  version,
  root,
  path: "/c",
  controllers,
});

test("statsFiles() looks where each controller is", () => {
  const targets = [target(1, "/v1", "memory"), target(2, "/v2", "hugetlb")];
  const files = new Map(statsFiles(targets, ["2MB"]).map(({ root, file }) => [file, root]));
  assert.is(files.get("memory.stat"), "/v1");
  assert.is(files.get("memory.pressure"), "/v2");
  assert.is(files.get("hugetlb.2MB.events"), "/v2");
  assert.is(files.get("cpu.stat"), "/v2");
  const alone = statsFiles([target(1, "/v1", "memory")], []);
  assert.ok(alone.every(({ file }) => file.startsWith("memory.")));
});

test("countOf() and listOf() take what the kernel writes", () => {
  assert.equal(["5\n", "-1", "", null].map(countOf), [5, 0, 0, 0]);
  assert.is(countOf("max\n"), 2n ** 64n - 1n);
  assert.equal(listOf(null), []);
});

test("pageSizes() are called as in cgroup files", () => {
  const names = ["hugepages-2048kB", "hugepages-1048576kB", "hugepages-64kB", "x"];
  assert.equal(pageSizes(names), ["2MB", "1GB", "64KB"]);
});

const RDT = new Map([
  ["/ schemata", "    L3:0=ff\n    MB:0=100\n"],
  ["/g schemata", "    L3:0=f\n    MB:0=20\n"],
  ["/info/L3 cbm_mask", "ff\n"],
  ["/info/L3 min_cbm_bits", "1\n"],
  ["/info/L3 num_closids", "16\n"],
  ["/info/MB bandwidth_gran", "10\n"],
  ["/info/MB delay_linear", "1\n"],
  ["/info/MB min_bandwidth", "10\n"],
  ["/info/MB num_closids", "8\n"],
  ["/info/L3_MON mon_features", "llc_occupancy\nmbm_total_bytes\nmbm_local_bytes\n"],
  ["/g/mon_data/mon_L3_00 llc_occupancy", "1\n"],
  ["/g/mon_data/mon_L3_00 mbm_total_bytes", "2\n"],
  ["/g/mon_data/mon_L3_00 mbm_local_bytes", "3\n"],
]);

test("rdtStats() shows a group and what the machine offers", () => {
  const read: ReadRdt = (path, file) => RDT.get(`${path} ${file}`) ?? null;
  assert.equal(rdtStats(read, { path: "/g", monitored: ["/g/mon_data/mon_L3_00"] }), {
    l3_cache_info: { cbm_mask: "ff", min_cbm_bits: 1, num_closids: 16 },
    l3_cache_schema_root: "L3:0=ff",
    l3_cache_schema: "L3:0=f",
    mem_bw_info: { bandwidth_gran: 10, delay_linear: 1, min_bandwidth: 10, num_closids: 8 },
    mem_bw_schema_root: "MB:0=100",
    mem_bw_schema: "MB:0=20",
    schemata: ["L3:0=f", "MB:0=20"],
    mbm_stats: [{ mbm_total_bytes: 2, mbm_local_bytes: 3 }],
    cmt_stats: [{ llc_occupancy: 1 }],
  });
  assert.equal(
    rdtStats(() => null, { path: "/g", monitored: [] }),
    {},
  );
});

test.run();
