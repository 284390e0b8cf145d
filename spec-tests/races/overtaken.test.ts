// A container that is deleted by force while another command is still with it: the one that runs it in the foreground, or one
// that waits for its hook. Its id may be another container's by the time that command goes on.
// Spec: runtime.md#delete

import { execFileSync } from "node:child_process";
import { closeSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { args } from "../harness/bundle.ts";
import { succeeded } from "../harness/container.ts";
import { spec } from "../harness/suite.ts";

const test = spec("races/overtaken");

test("run leaves a container alone that has got the id of its own (runtime.md#delete)", {
  since: "1.5: run deletes what has its id",
}, async (t) => {
  const bundle = t.bundle((config) => args(config, "idle"));
  const id = t.id();
  const run = t.startRuntime(["run", "--bundle", bundle.dir, id]);
  await run.sees("idle");
  // late, whatever the scheduler does
  run.child.kill("SIGSTOP");
  succeeded("delete", await t.runtime(["delete", "--force", id]));
  const other = await t.create(bundle, { id });
  run.child.kill("SIGCONT");
  assert.is((await run.closed).code, 128 + 9);
  assert.is((await other.state()).status, "created");
});

test("a poststart hook that hangs does not keep delete --force (runtime.md#delete)", {
  deviates: "runs poststart hooks in create",
  timeoutMs: 60_000,
}, async (t) => {
  const bundle = t.bundle();
  const [reached, go] = [join(bundle.dir, "reached"), join(bundle.dir, "go")];
  execFileSync("mkfifo", [reached, go]);
  const script = `echo reached >${reached}; read word <${go}`;
  args(bundle.config, "idle");
  bundle.config.hooks = { poststart: [{ path: "/bin/sh", args: ["sh", "-c", script] }] };
  bundle.save();
  // opened for both, or the opening itself would wait
  const release = openSync(go, "r+");
  t.defer(() => closeSync(release));

  const container = await t.create(bundle);
  const start = t.startRuntime(["start", container.id], { timeoutMs: 60_000 });
  await t.startHelper("/bin/cat", [reached]).sees("reached\n");
  const forced = ["delete", "--force", container.id];
  succeeded("delete", await t.runtime(forced, { timeoutMs: 30_000 }));
  assert.is((await t.runtime(["state", container.id])).code, 1);

  const other = await t.create(
    t.bundle((config) => args(config, "idle")),
    { id: container.id },
  );
  writeFileSync(go, "go\n");
  assert.is((await start.closed).code, 0);
  assert.is((await other.state()).status, "created");
});

test.run();
