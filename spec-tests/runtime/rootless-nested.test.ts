// A runtime that is root of a user namespace which an ordinary user made, as under rootless engines: with or without a mount
// namespace of that root, with one id or many.
// Spec: config-linux.md#user-namespace-mappings

import { chownSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { type Edit, script, share } from "../harness/bundle.ts";
import { succeeded } from "../harness/container.ts";
import { info } from "../harness/probe.ts";
import { reference } from "../harness/runtime.ts";
import type { Sandbox } from "../harness/sandbox.ts";
import { spec } from "../harness/suite.ts";
import { environment, ordinaryUser, UID } from "../harness/user.ts";

const test = spec("runtime/rootless-nested");
const needs = ["user namespaces"];

const WORLDS = [
  ["a user namespace", ["unshare", "--user", "--map-root-user"], "1.2: mounts of others"],
  ["user and mount namespaces", ["unshare", "--user", "--map-root-user", "--mount"], "1.0: -"],
] as const;

/** The container is in no further user namespace. */
const sharesUser: Edit = (config) => {
  share(config, "user");
  delete config.linux.uidMappings;
  delete config.linux.gidMappings;
};

for (const [world, inside, since] of WORLDS) {
  test(`a further user namespace, inside ${world} (config-linux.md#user-namespace-mappings)`, {
    needs,
    since,
  }, async (t) => {
    const user = ordinaryUser(t, { inside });
    const bundle = user.bundle((config) => {
      config.mounts.push({ destination: "/mnt", type: "bind", source: t.dir, options: ["rbind"] });
      script(config, "id -u; test -d /mnt/run && echo > /made");
    });
    assert.is(succeeded("run", await user.run(bundle)).stdout, "0\n");
    assert.is(statSync(join(bundle.rootfs, "made")).uid, UID);
  });

  test(`none further, inside ${world} (config-linux.md#namespaces)`, { needs }, async (t) => {
    const user = ordinaryUser(t, { inside });
    const bundle = user.bundle((config, made) => {
      sharesUser(config, made);
      script(config, "id -u; cat /proc/self/setgroups; test -c /dev/null && echo > /made");
    });
    assert.is(succeeded("run", await user.run(bundle)).stdout, "0\ndeny\n");
    assert.is(statSync(join(bundle.rootfs, "made")).uid, UID);
  });
}

test("groups that can't be set are left out (config.md#posix-platform-user)", {
  needs,
}, async (t) => {
  const user = ordinaryUser(t, { inside: WORLDS[0][1] });
  const bundle = user.bundle((config, made) => {
    sharesUser(config, made);
    config.process.user.additionalGids = [0];
    script(config, "echo ran");
  });
  const { stdout, stderr } = succeeded("run", await user.run(bundle));
  assert.is(stdout, "ran\n");
  if (reference() === null)
    assert.match(stderr, /warning: \/process\/user\/additionalGids: ignored/);
});

test("create, exec, kill and delete in one session (runtime.md#operations)", {
  needs,
}, async (t) => {
  const user = ordinaryUser(t, { inside: WORLDS[1][1] });
  const bundle = user.bundle((config) => {
    config.process.args = ["/bin/probe", "idle"];
  });
  const runtime = `${join(t.dir, "..", "bin", reference()?.name ?? "trunc")} --root ${t.stateRoot}`;
  const session = [
    `${runtime} create --bundle ${bundle.dir} ${t.token} >/dev/null`,
    `${runtime} start ${t.token}`,
    `${runtime} exec ${t.token} id -u`,
    `${runtime} kill ${t.token} KILL`,
    `while ${runtime} state ${t.token} | grep -q running; do :; done`,
    `${runtime} delete ${t.token}`,
  ];
  const { stdout } = succeeded("session", await inSession(t, user.wrap, session.join(" && ")));
  assert.is(stdout, "0\n");
  assert.equal(readdirSync(t.stateRoot), []);
});

test("a limit that can't be had is refused (config-linux.md#control-groups)", {
  needs,
}, async (t) => {
  const user = ordinaryUser(t, { inside: WORLDS[1][1] });
  const bundle = user.bundle((config) => {
    config.linux.resources = { pids: { limit: 5 } };
    script(config, "echo ran");
  });
  const { code, stderr } = await user.run(bundle);
  assert.is.not(code, 0);
  assert.match(
    stderr,
    /container could not join or create cgroup|no permission is granted for cgroups/,
  );
});

test("state is the user's, not the machine's (runc#root)", { needs }, async (t) => {
  const user = ordinaryUser(t, { inside: WORLDS[0][1] });
  const bundle = user.bundle((config) => script(config, "echo ran"));
  const name = reference()?.name ?? "trunc";
  const command = `${join(t.dir, "..", "bin", name)} run --bundle ${bundle.dir} ${t.id()}`;
  assert.is(succeeded("run", await inSession(t, user.wrap, command)).stdout, "ran\n");
  assert.is(statSync(join(user.runtimeDir, name)).mode & 0o7777, 0o1700);
});

test("many ids: another root for the container, and a source that only this one reaches (config.md#mounts)", {
  needs: [...needs, "uidmap", "automatic id maps"],
  since: "1.2: sources are opened outside",
}, async (t) => {
  const inside = ["unshare", "--user", "--map-root-user", "--map-auto", "--mount"];
  const user = ordinaryUser(t, { inside, hasSubordinates: true });
  const hidden = join(t.dir, "hidden");
  mkdirSync(join(hidden, "source"), { recursive: true });
  writeFileSync(join(hidden, "source", "file"), "reached\n");
  const maps = [{ containerID: 0, hostID: 1, size: 1000 }];
  const { uid } = await info(user, (config) => {
    config.linux.uidMappings = maps;
    config.linux.gidMappings = maps;
    config.process.user = { uid: 7, gid: 7 };
  });
  assert.is(uid[0], 7);
  const bundle = user.bundle((config) => {
    config.linux.uidMappings = maps;
    config.linux.gidMappings = maps;
    const source = join(hidden, "source");
    config.mounts.push({ destination: "/mnt", type: "bind", source, options: ["bind"] });
    script(config, "cat /mnt/file");
  });
  chownSync(hidden, UID, UID);
  succeeded("chmod", await t.startHelper("chmod", ["700", hidden]).closed);
  assert.is(succeeded("run", await user.run(bundle)).stdout, "reached\n");
});

function inSession(t: Sandbox, wrap: ReturnType<typeof ordinaryUser>["wrap"], text: string) {
  const env = environment(t, join(t.dir, "run"));
  return t.startHelper(...wrap(["sh", "-c", text]), { env }).closed;
}

test.run();
