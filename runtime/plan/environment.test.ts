import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Environment, environmentOf } from "./environment.ts";
import type { PlanOptions } from "./options.ts";
import { messageOf, processContext } from "./testing.ts";

const test = suite("environment");

const CASES: readonly (readonly [
  name: string,
  env: readonly string[],
  options: Partial<PlanOptions>,
  result: Environment,
])[] = [
  [
    "keeps the order",
    ["B=1", "PATH=/bin", "A=", "HOME=/h"],
    {},
    { entries: ["B=1", "PATH=/bin", "A=", "HOME=/h"], path: "/bin", hasHome: true },
  ],
  [
    "the last of a name counts",
    ["A=1", "B=2", "A=3=4"],
    {},
    { entries: ["B=2", "A=3=4"], path: "", hasHome: false },
  ],
  ["an empty HOME is none", ["HOME="], {}, { entries: [], path: "", hasHome: false }],
  [
    "LISTEN_FDS and NOTIFY_SOCKET are passed on",
    ["LISTEN_FDS=9"],
    { listenFds: 2, notifyDirectory: "/n" },
    {
      entries: ["NOTIFY_SOCKET=/run/notify/notify.sock", "LISTEN_FDS=2", "LISTEN_PID=1"],
      path: "",
      hasHome: false,
    },
  ],
];

for (const [name, env, options, result] of CASES) {
  test(`environmentOf(): ${name}`, () => {
    assert.equal(environmentOf(processContext({ env }, {}, options)), result);
  });
}

for (const entry of ["NAME", "=value", ""]) {
  test(`environmentOf() refuses ${JSON.stringify(entry)}`, () => {
    assert.is(
      messageOf(() => environmentOf(processContext({ env: ["A=1", entry] }))),
      `/process/env/1: ${JSON.stringify(entry)} is not of the form NAME=value`,
    );
  });
}

test.run();
