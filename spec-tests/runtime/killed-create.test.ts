// A create that is killed at any moment can be deleted, and leaves nothing then.
// Spec: runtime.md#delete

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { args } from "../harness/bundle.ts";
import { succeeded } from "../harness/container.ts";
import type { Sandbox } from "../harness/sandbox.ts";
import { spec } from "../harness/suite.ts";
import { until } from "../harness/until.ts";

const test = spec("runtime/killed-create");

/** Kills create with SIGKILL while a hook of this kind holds it, then deletes. */
async function killIn(t: Sandbox, kind: string) {
  const marker = join(t.dir, "in-hook");
  const text = `echo $$ > ${marker}.new; mv ${marker}.new ${marker}; exec sleep 30`;
  const bundle = t.bundle((config) => {
    args(config, "idle");
    config.linux.cgroupsPath = `/${t.token}`;
    config.hooks = {
      [kind]: [{ path: "/bin/sh", args: ["sh", "-c", text], env: [`SPEC=${t.token}`] }],
    };
  });
  const id = t.id();
  const create = t.startRuntime(["create", "--bundle", bundle.dir, id]);
  await until("the hook", () => existsSync(marker));
  create.child.kill("SIGKILL");
  await create.exited;
  // A hook of the host's is not the container's: it goes on, and is this test's to end.
  if (kind !== "createContainer") process.kill(Number(readFileSync(marker, "utf8")), "SIGKILL");
  return id;
}

for (const kind of ["prestart", "createRuntime", "createContainer"]) {
  const options = { deviates: "writes its state too late" };
  test(`killed in a ${kind} hook: delete --force works (runtime.md#delete)`, options, async (t) => {
    const id = await killIn(t, kind);
    succeeded("delete", await t.runtime(["delete", "--force", id]));
    assert.is((await t.runtime(["state", id])).code, 1);
    assert.equal(readdirSync(t.stateRoot), []);
  });

  test(
    `killed in a ${kind} hook: the id can be used again after delete (runtime.md#delete)`,
    options,
    async (t) => {
      const id = await killIn(t, kind);
      await t.runtime(["delete", "--force", id]);
      const again = await t.create(t.bundle(), { id });
      assert.is((await again.state()).status, "created");
    },
  );
}

test("killed at thirty moments of create (runtime.md#delete)", {
  deviates: "writes its state too late",
  timeoutMs: 120_000,
}, async (t) => {
  const bundle = t.bundle((config) => {
    args(config, "idle");
    config.linux.cgroupsPath = `/${t.token}`;
  });
  const started = Date.now();
  const first = await t.create(bundle);
  const whole = Date.now() - started;
  await first.delete("--force");
  for (let i = 0; i < 30; i++) {
    const id = t.id();
    const create = t.startRuntime(["create", "--bundle", bundle.dir, id]);
    await new Promise((resolve) => setTimeout(resolve, (whole * i) / 30));
    create.child.kill("SIGKILL");
    await create.exited;
    succeeded(`delete after ${i}/30 of create`, await t.runtime(["delete", "--force", id]));
    assert.equal(existsSync(t.stateRoot) ? readdirSync(t.stateRoot) : [], []);
  }
});

test("a run that is killed leaves a container that can be deleted (runtime.md#delete)", async (t) => {
  const bundle = t.bundle((config) => args(config, "idle"));
  const id = t.id();
  const run = t.startRuntime(["run", "--bundle", bundle.dir, id]);
  await run.sees("idle");
  run.child.kill("SIGKILL");
  await run.exited;
  succeeded("delete", await t.runtime(["delete", "--force", id]));
});

test.run();
