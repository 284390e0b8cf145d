import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Config } from "../config/types.ts";
import { environmentOf } from "./environment.ts";
import { compileCreateHooks, compileHookBarrier, compileStartHooks } from "./hooks.ts";
import { messageOf, someContext } from "./testing.ts";

const test = suite("hooks");

const annotations = { 'a"b': "c" };
const context = (hooks: NonNullable<Config["hooks"]>, more: Partial<Config> = {}) =>
  someContext({ hooks, ...more });

test("compileHookBarrier() lets the hooks outside run when there are any", () => {
  assert.equal(compileHookBarrier(someContext()), []);
  assert.equal(
    compileHookBarrier(context({ createContainer: [{ path: "/h" }], prestart: [] })),
    [],
  );
  assert.equal(compileHookBarrier(context({ prestart: [{ path: "/h" }] })), [
    { op: "barrier", at: "/hooks/prestart", report: true },
  ]);
  assert.equal(compileHookBarrier(context({ createRuntime: [{ path: "/h" }] })), [
    { op: "barrier", at: "/hooks/createRuntime", report: true },
  ]);
});

test("compileCreateHooks() gives exactly the environment of the config, and the state around the pid", () => {
  const hooks = {
    createContainer: [{ path: "/h", args: ["h", "x"], env: ["A=1"], timeout: 3 }, { path: "/i" }],
  };
  const stateHead = '{"ociVersion":"1.3.0","id":"c1","status":"creating","pid":';
  const stateTail = ',"bundle":"/bundle","annotations":{"a\\"b":"c"}}';
  const ops = compileCreateHooks(context(hooks, { annotations }));
  assert.equal(ops, [
    {
      op: "hook",
      at: "/hooks/createContainer/0",
      path: "/h",
      args: ["h", "x"],
      env: ["A=1"],
      stateHead,
      stateTail,
      timeoutMs: 3000,
    },
    {
      op: "hook",
      at: "/hooks/createContainer/1",
      path: "/i",
      args: ["/i"],
      env: [],
      stateHead,
      stateTail,
      timeoutMs: 0,
    },
  ]);
  assert.equal(JSON.parse(`${stateHead}12${stateTail}`), {
    ociVersion: "1.3.0",
    id: "c1",
    status: "creating",
    pid: 12,
    bundle: "/bundle",
    annotations,
  });
});

test("compileStartHooks() falls back to the program's environment, and the state is created", () => {
  const all = context({ startContainer: [{ path: "/h" }, { path: "/h", env: [] }] });
  const ops = compileStartHooks(all, environmentOf(all));
  assert.equal(
    ops.map((op) => op.op === "hook" && op.env),
    [["PATH=/bin", "HOME=/root"], []],
  );
  const [op] = ops;
  assert.is(
    op?.op === "hook" && op.stateHead,
    '{"ociVersion":"1.3.0","id":"c1","status":"created","pid":',
  );
  assert.is(op?.op === "hook" && op.stateTail, ',"bundle":"/bundle"}');
});

test("a timeout must fit", () => {
  const all = context({ createContainer: [{ path: "/h", timeout: 4_294_968 }] });
  assert.is(
    messageOf(() => compileCreateHooks(all)),
    "/hooks/createContainer/0/timeout: 4294968 is more than 49 days",
  );
});

test.run();
