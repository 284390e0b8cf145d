// Containers of an ordinary user who has subordinate ids, mapped by newuidmap(1) and newgidmap(1).
// Spec: config-linux.md#user-namespace-mappings

import { statSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { script } from "../harness/bundle.ts";
import { succeeded } from "../harness/container.ts";
import { exec, execInfo, idle } from "../harness/exec.ts";
import { info } from "../harness/probe.ts";
import { reference } from "../harness/runtime.ts";
import { spec } from "../harness/suite.ts";
import { FIRST_SUB, ordinaryUser, subordinate, UID } from "../harness/user.ts";

const test = spec("runtime/rootless-ids");
const needs = ["user namespaces", "uidmap"];
const hasSubordinates = true;

test("the maps have both (config-linux.md#user-namespace-mappings)", { needs }, async (t) => {
  const seen = await info(ordinaryUser(t, { hasSubordinates }), subordinate);
  const words = (lines: readonly string[]) =>
    lines.map((line) => line.trim().split(/\s+/).map(Number));
  const maps = [
    [0, UID, 1],
    [1, FIRST_SUB, 65536],
  ];
  assert.equal([words(seen.uidMap), words(seen.gidMap)], [maps, maps]);
  assert.is(seen.setgroups, "allow");
  assert.equal(seen.groups, []);
});

test("another user of the container is a subordinate one (config.md#posix-platform-user)", {
  needs,
}, async (t) => {
  const user = ordinaryUser(t, { hasSubordinates });
  const bundle = user.bundle((config) => {
    subordinate(config);
    config.process.user = { uid: 1000, gid: 1001 };
    script(config, "id -u; id -g; echo > /tmp/made");
  });
  assert.is(succeeded("run", await user.run(bundle)).stdout, "1000\n1001\n");
  const { uid, gid } = statSync(join(bundle.rootfs, "tmp", "made"));
  assert.equal([uid, gid], [FIRST_SUB + 999, FIRST_SUB + 1000]);
});

test("additional groups can be had (config.md#posix-platform-user)", {
  needs,
  deviates: "it refuses them to all ordinary users",
}, async (t) => {
  const { groups } = await info(ordinaryUser(t, { hasSubordinates }), (config) => {
    subordinate(config);
    config.process.user = { uid: 1000, gid: 1001, additionalGids: [5, 6] };
  });
  assert.equal(groups, [5, 6]);
});

test("gid=5 of devpts is the container's group (config.md#mounts)", { needs }, async (t) => {
  const { mountinfo } = await info(ordinaryUser(t, { hasSubordinates }), (config) => {
    subordinate(config);
    config.mounts.find(({ type }) => type === "devpts")!.options!.push("gid=5");
  });
  assert.match(mountinfo.find((line) => line.includes(" /dev/pts "))!, /gid=700004/);
});

test("exec as another user (runc#exec)", { needs }, async (t) => {
  const user = ordinaryUser(t, { hasSubordinates });
  const container = await idle(user, subordinate);
  const seen = await execInfo(user, container, ["--user", "1000:1001"]);
  assert.equal([seen.uid[0], seen.gid[0]], [1000, 1001]);
  const { code } = await exec(user, container, ["--user", "70000"], ["true"]);
  assert.is.not(code, 0);
});

test("its processes can be killed and its files deleted (runtime.md#operations)", {
  needs,
}, async (t) => {
  const user = ordinaryUser(t, { hasSubordinates });
  const container = await idle(user, (config) => {
    subordinate(config);
    config.process.user = { uid: 1000, gid: 1001 };
  });
  assert.is(statSync(`/proc/${(await container.state()).pid}`).uid, FIRST_SUB + 999);
  await container.kill("KILL");
  await container.finished();
  await container.delete();
});

test("ids that are nobody's to give are refused (config-linux.md#user-namespace-mappings)", {
  needs,
}, async (t) => {
  const user = ordinaryUser(t);
  const bundle = user.bundle((config) => {
    subordinate(config);
    script(config, "echo ran");
  });
  const { code, stdout, stderr } = await user.run(bundle);
  assert.is.not(code, 0);
  assert.is(stdout, "");
  if (reference() === null) {
    assert.match(
      stderr,
      /linux\.uidMappings: newuidmap failed: .*not allowed; hint: .*\/etc\/subuid/,
    );
  }
});

test.run();
