// Single system calls made to fail around the runtime, as an older kernel (ENOSYS) or an engine's profile (EPERM) would:
// each command works, or says in one line which call is missing; whatever happens, nothing is left behind.
// Spec: runtime.md#errors

import * as assert from "uvu/assert";
import { probePath } from "../harness/build.ts";
import { type Bundle, script } from "../harness/bundle.ts";
import type { Result } from "../harness/call.ts";
import { isPureV2 } from "../harness/cgroups.ts";
import { runtimePath } from "../harness/runtime.ts";
import type { Sandbox } from "../harness/sandbox.ts";
import { spec } from "../harness/suite.ts";

const test = spec("denied/denied");

const OTHERS = { deviates: "has other needs and other words", timeoutMs: 120_000 };

/** What fails on the clone's own stack. */
const IN_CLONE = { ...OTHERS, needs: ["no sanitizer in it"] };

const STEPS = ["run", "create", "start", "state", "exec", "kill", "delete"] as const;
type Step = (typeof STEPS)[number];

/** The calls, and which commands can't do without. Those after a refused `create` are tried on a container made without. */
const CALLS: readonly (readonly [call: string, refused: readonly Step[]])[] = [
  // whether a container is paused is in its cgroup, too; on v2 SIGKILL does not wait for that
  ["openat2", STEPS.filter((step) => step !== "delete" && !(step === "kill" && isPureV2()))],
  ["clone3", ["run", "create", "exec"]],
  ["mount_setattr", ["run", "create"]],
  ["fsopen", ["run", "create"]],
  ["fsconfig", ["run", "create"]],
  ["fsmount", ["run", "create"]],
  ["open_tree", ["run", "create"]],
  ["move_mount", ["run", "create"]],
  ["pivot_root", ["run", "create"]],
  ["memfd_create", ["run", "create", "exec"]],
  ["close_range", ["run", "create", "exec"]],
  ["setns", ["exec"]],
  ["pidfd_open", ["start", "exec", "kill"]],
  ["pidfd_send_signal", ["kill"]],
  ["statx", []],
  ["faccessat2", []],
];

for (const [call, refused] of CALLS) {
  for (const errno of ["ENOSYS", "EPERM"]) {
    test(
      `${call} gives ${errno}: each command works or names it (runtime.md#errors)`,
      call === "close_range" ? IN_CLONE : OTHERS,
      async (t) => {
        const bundle = t.bundle((config) => script(config, "sleep 60"));
        for (const step of STEPS) {
          const result = await beneath(t, bundle, call, errno, step);
          if (refused.includes(step)) isRefused(result, call, errno, step);
          else assert.is(result.code, 0, `${step}: ${result.stderr}`);
        }
      },
    );
  }
}

test(
  "keyctl gives ENOSYS: no session keyring; EPERM: the flag that does without is named (runtime.md#errors)",
  OTHERS,
  async (t) => {
    const bundle = t.bundle((config) => script(config, "echo ran"));
    const flags = ["run", "--bundle", bundle.dir];
    const missing = await denied(t, "keyctl", "ENOSYS", [...flags, t.id()]);
    assert.is(missing.stdout, "ran\n", missing.stderr);
    const forbidden = await denied(t, "keyctl", "EPERM", [...flags, t.id()]);
    isRefused(forbidden, "keyctl", "EPERM", "run");
    assert.match(forbidden.stderr, /--no-new-keyring/);
    const without = await denied(t, "keyctl", "EPERM", [...flags, "--no-new-keyring", t.id()]);
    assert.is(without.stdout, "ran\n", without.stderr);
  },
);

test("a whole generation of calls is missing: one line (runtime.md#errors)", OTHERS, async (t) => {
  const calls =
    "fsopen,fsmount,fsconfig,open_tree,move_mount,mount_setattr,openat2,close_range,clone3";
  const bundle = t.bundle();
  const result = await denied(t, calls, "ENOSYS", ["run", "--bundle", bundle.dir, t.id()]);
  assert.is(result.code, 1);
  assert.match(result.stderr, /^trunc: [^\n]*: \w+: ENOSYS [^\n]*5\.14 is needed[^\n]*\n$/);
});

/** One command beneath the filter, on a container that is in the state for it. */
async function beneath(
  t: Sandbox,
  bundle: Bundle,
  call: string,
  errno: string,
  step: Step,
): Promise<Result> {
  const id = t.id();
  if (step === "run") {
    const short = t.bundle((config) => script(config, "echo ran"));
    return denied(t, call, errno, ["run", "--bundle", short.dir, id]);
  }
  if (step === "create") return denied(t, call, errno, ["create", "--bundle", bundle.dir, id]);
  const container = await t.create(bundle, { id });
  if (step !== "start") await container.start();
  if (step === "delete") {
    await container.kill();
    await container.finished();
  }
  const rest = { start: [], state: [], exec: ["true"], kill: ["KILL"], delete: [] }[step];
  const result = await denied(t, call, errno, [step, id, ...rest]);
  await t.runtime(["delete", "--force", id]);
  return result;
}

function denied(
  t: Sandbox,
  calls: string,
  errno: string,
  args: readonly string[],
): Promise<Result> {
  const argv = ["deny", `${calls}=${errno}`, runtimePath(), "--root", t.stateRoot, ...args];
  return t.startHelper(probePath(), argv, { env: { PATH: "/usr/bin:/bin", SPEC_TOKEN: t.token } })
    .exited;
}

function isRefused({ code, stderr }: Result, call: string, errno: string, step: Step): void {
  assert.ok(code !== 0, `${step} worked`);
  const line = new RegExp(`^trunc: [^\\n]*\\b${call}: ${errno} [^\\n]*\\n$`);
  assert.match(stderr, line, `${step}: ${stderr}`);
}

test.run();
