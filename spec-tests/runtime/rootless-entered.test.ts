// The machine's root in user namespaces that an ordinary user made, who is denied setgroups(2) for good there.
// Spec: config-linux.md#namespaces, config.md#posix-platform-user

import * as assert from "uvu/assert";
import { type Edit, script } from "../harness/bundle.ts";
import { succeeded } from "../harness/container.ts";
import { exec, idle } from "../harness/exec.ts";
import type { Sandbox } from "../harness/sandbox.ts";
import { spec } from "../harness/suite.ts";
import { ordinaryUser, UID } from "../harness/user.ts";

const test = spec("runtime/rootless-entered");
const needs = ["user namespaces"];
const LOOK = "id -u; cat /proc/self/setgroups; busybox grep Groups /proc/self/status";
const SEEN = "0\ndeny\nGroups:\t \n";

/** A bundle that joins the namespace of a process of the user's. */
async function joining(t: Sandbox, edit: Edit) {
  const user = ordinaryUser(t);
  const holder = t.startHelper(
    ...user.wrap(["unshare", "--user", "--map-root-user", "sh", "-c", "echo up; exec cat"]),
    { stdin: "open", env: { PATH: process.env.PATH ?? "/usr/bin:/bin" } },
  );
  await holder.sees("up\n");
  return user.bundle((config, made) => {
    const entry = config.linux.namespaces.find(({ type }) => type === "user")!;
    entry.path = `/proc/${holder.child.pid}/ns/user`;
    delete config.linux.uidMappings;
    delete config.linux.gidMappings;
    edit(config, made);
  });
}

test("a container that joins one runs, without groups (config-linux.md#namespaces)", {
  needs,
  since: "1.2: user namespaces by path without mappings",
}, async (t) => {
  const bundle = await joining(t, (config) => script(config, `cat /proc/self/uid_map; ${LOOK}`));
  const { stdout } = succeeded("run", await t.run(bundle));
  const [map = "", ...rest] = stdout.split("\n");
  assert.equal(map.trim().split(/\s+/), ["0", String(UID), "1"]);
  assert.is(rest.join("\n"), SEEN);
});

test("groups that it asks for can't be had (config.md#posix-platform-user)", {
  needs,
  deviates: "leaves them out silently",
}, async (t) => {
  const bundle = await joining(t, (config) => {
    config.process.user.additionalGids = [0];
    script(config, "echo ran");
  });
  const { code, stdout, stderr } = await t.run(bundle);
  assert.equal([code, stdout], [1, ""]);
  assert.match(stderr, /process\.user.*setgroups: EPERM .*; hint: .*additionalGids/);
});

test("exec into a container of the user's (runc's command line)", { needs }, async (t) => {
  const container = await idle(ordinaryUser(t));
  const result = await exec(t, container, [], ["/bin/sh", "-c", LOOK]);
  assert.is(succeeded("exec", result).stdout, SEEN);
});

test.run();
