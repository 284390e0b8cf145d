// A container whose creation hangs in a hook: every other command answers at once, and delete --force ends it.
// Spec: runtime.md#operations, runtime.md#state

import { execFileSync } from "node:child_process";
import { closeSync, existsSync, openSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import type { Call } from "../harness/call.ts";
import { succeeded } from "../harness/container.ts";
import { isOneLine, messageOf } from "../harness/message.ts";
import type { Sandbox } from "../harness/sandbox.ts";
import { spec } from "../harness/suite.ts";

const test = spec("races/creating");

/** While it creates a container runc has no state that others could see. */
const OWN = { deviates: "the container does not exist yet" };

interface Creation {
  readonly id: string;
  readonly create: Call;
  /** Lets the hook end. */
  release(): void;
}

/** A creation that is in a hook, which says so and then waits: both by a fifo. */
async function hanging(t: Sandbox, kind: "createRuntime" | "prestart"): Promise<Creation> {
  const bundle = t.bundle();
  const [reached, go] = [join(bundle.dir, "reached"), join(bundle.dir, "go")];
  execFileSync("mkfifo", [reached, go]);
  const script = `echo reached >${reached}; read word <${go}`;
  bundle.config.hooks = { [kind]: [{ path: "/bin/sh", args: ["sh", "-c", script] }] };
  bundle.config.linux.cgroupsPath = `/${t.token}`;
  bundle.save();
  // opened for both, or the opening itself would wait
  const release = openSync(go, "r+");
  t.defer(() => closeSync(release));
  const id = t.id();
  const create = t.startRuntime(["create", "--bundle", bundle.dir, id], { timeoutMs: 60_000 });
  await t.startHelper("/bin/cat", [reached]).sees("reached\n");
  return { id, create, release: () => writeFileSync(release, "go\n") };
}

const REFUSALS: [command: string, message: string][] = [
  ["start ID", "cannot start a container in the creating state"],
  ["pause ID", "container not running: it is still being created"],
  ["resume ID", "container not paused: it is still being created"],
  ["update --pids-limit 100 ID", "container not running: it is still being created"],
  ["exec ID true", "exec failed: cannot exec in a container that is being created"],
  ["delete ID", "cannot delete container ID that is not stopped: creating"],
  ["checkpoint ID", "Container cannot be checkpointed in creating state"],
];

test(
  "commands on a container that is being created are refused at once (runtime.md#operations)",
  OWN,
  async (t) => {
    const { id, create, release } = await hanging(t, "createRuntime");
    for (const [command, message] of REFUSALS) {
      const words = command.split(" ").map((word) => (word === "ID" ? id : word));
      const result = await t.runtime(words);
      assert.ok(result.code !== 0, command);
      isOneLine(result);
      assert.is(messageOf(result).replace(/^trunc: /, ""), message.replace("ID", id), command);
      // none of them waited for the creation, or ended it
      assert.is(create.child.exitCode, null, command);
    }
    const state = succeeded("state", await t.runtime(["state", id]));
    assert.is(JSON.parse(state.stdout).status, "creating");
    release();
    succeeded("create", await create.exited);
    succeeded("start", await t.runtime(["start", id]));
  },
);

for (const kind of ["createRuntime", "prestart"] as const) {
  test(
    `delete --force ends a creation that hangs in a ${kind} hook (runtime.md#delete)`,
    OWN,
    async (t) => {
      const { id, create } = await hanging(t, kind);
      const deleted = t.startRuntime(["delete", "--force", id], { timeoutMs: 60_000 });
      succeeded("delete", await deleted.closed);
      const result = await create.closed;
      assert.is(result.code, 1);
      assert.match(
        messageOf(result),
        new RegExp(`hooks\\.${kind}\\[0\\].*first process has ended meanwhile`),
      );
      assert.equal(existsSync(t.stateRoot) ? readdirSync(t.stateRoot) : [], []);
    },
  );
}

test("kill KILL ends a creation that hangs in a hook (runtime.md#kill)", OWN, async (t) => {
  const { id, create } = await hanging(t, "createRuntime");
  succeeded("kill", await t.runtime(["kill", id, "KILL"]));
  assert.is((await create.closed).code, 1);
  assert.is((await t.runtime(["state", id])).code, 1);
});

test.run();
