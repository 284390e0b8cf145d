// `--cgroup-manager disabled`, crun's option that podman passes on: no cgroup is made, and every command does without.

import * as assert from "uvu/assert";
import { script } from "../harness/bundle.ts";
import { cgroupDirectory } from "../harness/cgroups.ts";
import { idle, shell } from "../harness/exec.ts";
import { isOneLine, messageOf } from "../harness/message.ts";
import { spec } from "../harness/suite.ts";

const test = spec("runtime/cgroup-manager");
const OWN = { deviates: "it has no such option" };
const global = ["--cgroup-manager", "disabled"];

test("disabled: a container and what joins it stay in its caller's cgroup", OWN, async (t) => {
  const container = await idle(
    t,
    (config) => {
      config.linux.cgroupsPath = `/${t.token}`;
    },
    { global },
  );
  const { pid } = await container.state();
  assert.is(cgroupDirectory("pids", pid), cgroupDirectory("pids"));
  const seen = await shell(t, container, "cat /proc/1/cgroup /proc/self/cgroup");
  assert.not.match(seen, t.token);
  await container.kill();
  await container.finished();
  await container.delete();
});

test("disabled: a limit is refused with its place", OWN, async (t) => {
  const bundle = t.bundle((config) => {
    script(config, "true");
    config.linux.resources = { pids: { limit: 20 } };
  });
  const result = await t.runtime([...global, "run", "--bundle", bundle.dir, t.id()]);
  assert.is(result.code, 1);
  isOneLine(result);
  assert.match(messageOf(result), /^trunc: \/linux\/resources\/pids\/limit: cannot be set with/);
});

test.run();
