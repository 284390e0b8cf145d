// Every bad bundle of the tables: exit code, message in one line, nothing left behind.
// Spec: runtime.md#errors

import { join } from "node:path";
import * as assert from "uvu/assert";
import { args } from "../harness/bundle.ts";
import { describeLeaks, findLeaks } from "../harness/leaks.ts";
import { isOneLine, messageOf } from "../harness/message.ts";
import { reference } from "../harness/runtime.ts";
import type { Sandbox } from "../harness/sandbox.ts";
import { spec } from "../harness/suite.ts";
import { BAD_BUNDLES } from "./bad-bundles.ts";
import { BAD_CONFIGS } from "./bad-configs.ts";
import { BAD_LINUX } from "./bad-linux.ts";
import type { BadBundle } from "./case.ts";

const test = spec("errors/bad-bundles");

async function attempt(t: Sandbox, bad: BadBundle) {
  const bundle = t.bundle((config, made) => {
    config.process.args = ["/bin/true"];
    config.linux.cgroupsPath = `/${t.token}`;
    bad.edit?.(config, made, t);
  });
  bad.after?.(bundle, t);
  const words = [
    ...(bad.global?.(t) ?? []),
    bad.command ?? "create",
    "--bundle",
    bundle.dir,
    t.id(),
  ];
  const started = t.startRuntime(words);
  // A runtime that takes it leaves a container that holds the output open: don't wait for that.
  const { code } = await started.exited;
  assert.is.not(code, 0, "it was taken");
  return started.closed;
}

for (const bad of [...BAD_CONFIGS, ...BAD_LINUX, ...BAD_BUNDLES]) {
  test(`${bad.what} (runtime.md#errors)`, bad.options ?? {}, async (t) => {
    const result = await attempt(t, bad);
    const message = messageOf(result);
    if (reference()) assert.is.not(result.code, 0);
    else assert.is(result.code, bad.code ?? 1, message);
    for (const pattern of bad.says ?? []) says(message, pattern);
    if (reference() === null) {
      isOneLine(result);
      for (const pattern of bad.truncSays ?? []) says(message, pattern);
    }
    assert.equal(await settled(t), [], "left behind without any delete");
  });
}

/** assert.match, whose failure shows the message. */
function says(message: string, pattern: RegExp): void {
  assert.ok(pattern.test(message), `${pattern} in: ${message}`);
}

/** What is left a moment after: processes that were killed need one to be gone. */
async function settled(t: Sandbox): Promise<string[]> {
  const deadline = Date.now() + 2000;
  for (;;) {
    const left = describeLeaks(findLeaks(t.token, t.stateRoot)).filter((line) => !ofTest(t, line));
    if (left.length === 0 || Date.now() > deadline) return left;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Mounts that the table's own rows made on the host. */
function ofTest(t: Sandbox, line: string): boolean {
  return line.startsWith(`mount ${t.dir}`) && !line.includes("/rootfs");
}

test("an id that exists (runtime.md#create)", async (t) => {
  const bundle = t.bundle((config) => args(config, "idle"));
  const { id } = await t.create(bundle);
  const result = await t.runtime(["create", "--bundle", bundle.dir, id]);
  assert.is(result.code, 1);
  assert.match(messageOf(result), /container with given ID already exists/);
});

test("a bundle directory that is missing (runtime.md#create)", async (t) => {
  const result = await t.runtime(["create", "--bundle", join(t.dir, "nowhere"), t.id()]);
  assert.is(result.code, 1);
  assert.match(messageOf(result), /no such file or directory|config\.json not found/);
});

test("unknown properties are ignored (config.md#extensibility)", async (t) => {
  const bundle = t.bundle((config) => {
    config.process.args = ["/bin/true"];
    config.unheardOf = { deep: [1, 2] };
    config.process.unheardOf = true;
    config.linux.unheardOf = null;
  });
  const result = await t.run(bundle);
  assert.is(result.code, 0, result.stderr);
});

test.run();
