// Every config that dockerd, containerd, podman and CRI were seen to send can be compiled, on every kind of host.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Config } from "../config/types.ts";
import { compilePlan } from "./compile.ts";
import type { CgroupFacts } from "./facts.ts";
import { OPTIONS, someFacts, V1, V2 } from "./testing.ts";

const FIXTURES = join(import.meta.dirname, "../../spec-tests/fixtures/engines");

/** v1 controllers, and a unified hierarchy that has the rest. */
const HYBRID: CgroupFacts = {
  mode: "hybrid",
  hierarchies: V1.hierarchies,
  unified: { root: "/sys/fs/cgroup/unified", own: "/", controllers: [] },
};

const test = suite("engines");
const names = existsSync(FIXTURES)
  ? readdirSync(FIXTURES).filter((name) => name.endsWith(".json") && !name.includes("-exec-"))
  : [];
if (names.length === 0) {
  console.log(`skipped: no recorded configs in ${FIXTURES}`);
  test.skip("engines' configs compile");
}

for (const name of names) {
  const config = JSON.parse(readFileSync(join(FIXTURES, name), "utf8")) as Config;
  for (const cgroup of [V1, V2, HYBRID]) {
    test(`${name} compiles on ${cgroup.mode}`, () => {
      const facts = someFacts({ cgroup, apparmor: true, selinux: true });
      const { plan, warnings } = compilePlan(config, facts, OPTIONS);
      // podman asks for ambient capabilities without inheritable ones
      const others = warnings.filter((line) => !line.startsWith("/process/capabilities/ambient"));
      assert.equal(others, []);
      const targets = plan.init.filter(({ op }) => op === "mountFs" || op === "mountBind");
      assert.ok(targets.length >= (config.mounts?.length ?? 0));
      assert.is(plan.init.at(-1)?.op, "exec");
    });
  }
}

test.run();
