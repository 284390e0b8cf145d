import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { IntelRdt } from "../config/types.ts";
import { compileIntelRdt } from "./intel-rdt.ts";
import { linuxContext } from "./testing.ts";

const test = suite("intel-rdt");

const root = "/sys/fs/resctrl";
const AT = "/linux/intelRdt";
const make = (path: string, at = `${AT}/closID`) => ({
  op: "makeResctrl",
  at,
  root,
  path,
  shared: false,
  schemata: "",
});
const share = (path: string, schemata = "") => ({ ...make(path), shared: true, schemata });
const join = (path: string, at = `${AT}/closID`) => ({ op: "joinResctrl", at, root, path });
const write = (path: string, text: string) => ({
  op: "writeResctrl",
  at: AT,
  root,
  path,
  file: "schemata",
  text,
});

const CASES: readonly (readonly [
  name: string,
  intelRdt: IntelRdt,
  ops: readonly object[],
  groups: readonly string[],
])[] = [
  ["a group of its own", {}, [make("/c1"), join("/c1")], ["/c1"]],
  ["a class that must be there", { closID: "gold" }, [join("/gold")], []],
  ["the default class", { closID: "/" }, [join("/")], []],
  [
    "a class with schemata",
    {
      closID: "gold",
      l3CacheSchema: "L3:0=f\nMB:0=10",
      memBwSchema: "MB:0=20",
      schemata: ["L2:0=1"],
    },
    [
      share("/gold", "L3:0=f\nMB:0=20\n"),
      write("/gold", "L3:0=f\nMB:0=20\nL2:0=1\n"),
      join("/gold"),
    ],
    [],
  ],
  [
    "a class whose schemata need not be there already",
    { closID: "gold", schemata: ["L2:0=1"] },
    [share("/gold"), write("/gold", "L2:0=1\n"), join("/gold")],
    [],
  ],
  [
    "a cache schema alone, as it is",
    { l3CacheSchema: "L3:0=f\nMB:0=10" },
    [make("/c1"), write("/c1", "L3:0=f\nMB:0=10\n"), join("/c1")],
    ["/c1"],
  ],
  [
    "monitoring",
    { closID: "/", enableMonitoring: true },
    [
      join("/"),
      make("/mon_groups/c1", `${AT}/enableMonitoring`),
      join("/mon_groups/c1", `${AT}/enableMonitoring`),
    ],
    ["/mon_groups/c1"],
  ],
  [
    "monitoring in a group of its own",
    { enableMonitoring: true },
    [
      make("/c1"),
      join("/c1"),
      make("/c1/mon_groups/c1", `${AT}/enableMonitoring`),
      join("/c1/mon_groups/c1", `${AT}/enableMonitoring`),
    ],
    ["/c1", "/c1/mon_groups/c1"],
  ],
];

for (const [name, intelRdt, ops, groups] of CASES) {
  test(`compileIntelRdt(): ${name} (config-linux.md#intelrdt)`, () => {
    const compiled = compileIntelRdt(linuxContext({ intelRdt }));
    assert.equal(compiled, { ops, groups: groups.map((path) => ({ root, path })) });
  });
}

test("compileIntelRdt() does nothing unasked", () => {
  assert.equal(compileIntelRdt(linuxContext({})), { ops: [], groups: [] });
});

test.run();
