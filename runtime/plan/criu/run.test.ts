import { suite } from "uvu";
import * as assert from "uvu/assert";
import { HYBRID, linuxContext, someContext } from "../testing.ts";
import { loopbackPlan } from "./loopback.ts";
import { preparePlan } from "./prepare.ts";
import { dumpPlan, restorePlan } from "./run.ts";

const test = suite("plan/criu/run");

const PROGRAM = { search: "/usr/sbin", end: 9 };
const tags = (ops: readonly { op: string }[]) => ops.map(({ op }) => op);

test("dumpPlan() runs CRIU on the connection", () => {
  const { fds, init, sandbox } = dumpPlan(PROGRAM);
  assert.equal(fds, [{ op: "given", at: "", number: 9 }]);
  assert.equal(tags(init), ["openSharedRoot", "keepFd", "resolveProgram", "ready", "exec"]);
  const exec = { op: "exec", at: "", args: ["criu", "swrk", "64"], env: ["PATH=/usr/sbin"] };
  assert.equal(init.at(-1), exec);
  assert.is(sandbox.namespaces, 0);
});

test("restorePlan() has the root as a mount point, and files after the connection", () => {
  const places = { root: "/s/root", files: [{ at: "/linux/namespaces/0", path: "/run/netns/a" }] };
  const { plan, fileNumbers } = restorePlan(someContext(), PROGRAM, places);
  assert.equal(fileNumbers, [65]);
  assert.is(plan.sandbox.namespaces, 0x20000);
  assert.is(plan.sandbox.intoCgroup, "/sys/fs/cgroup/user.slice/c1");
  assert.ok(tags(plan.before).includes("makeCgroup"));
  const bind = plan.init.find(({ op }) => op === "mountBind");
  assert.equal(bind?.op === "mountBind" && [bind.source, bind.target], [
    "/bundle/rootfs",
    "/s/root",
  ]);
  assert.equal(
    plan.init.flatMap((op) => (op.op === "keepFd" ? [[op.fd, op.number]] : [])),
    [
      [0, 64],
      [1, 65],
    ],
  );
});

test("restorePlan() joins the v1 cgroups, and the keyring", () => {
  const context = someContext({}, { cgroup: HYBRID });
  const { plan } = restorePlan(context, PROGRAM, { root: "/r", files: [] });
  assert.equal(tags(plan.init).slice(0, 4), [
    "joinCgroup",
    "joinCgroup",
    "joinCgroup",
    "joinKeyring",
  ]);
});

test("preparePlan() mounts what may hold places, and makes those of all else", () => {
  const mounts = [
    { destination: "/proc", type: "proc", source: "proc" },
    { destination: "/dev", type: "tmpfs", source: "tmpfs", options: ["ro", "tmpcopyup"] },
    { destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup" },
    { destination: "/v", source: "/host", options: ["bind"] },
  ];
  const { init } = preparePlan(someContext({ mounts }))!;
  const made = init.filter(({ at }) => at.startsWith("/mounts/"));
  assert.equal(tags(made), ["makeDirectory", "mountFs", "mountBind"]);
  assert.is(made[1]?.op === "mountFs" && made[1].copyUp, false);
  assert.is(init.at(-1)?.op, "ready");
  assert.ok(tags(init).includes("makeDevice"));
  const foreign = preparePlan(
    someContext({ mounts: [{ destination: "/dev", source: "/dev", options: ["rbind"] }] }),
  )!;
  assert.not.ok(tags(foreign.init).includes("makeDevice"));
});

test("preparePlan() leaves a mount namespace that is joined alone", () => {
  const namespaces = [{ type: "mount" as const, path: "/proc/1/ns/mnt" }];
  assert.is(preparePlan(linuxContext({ namespaces })), undefined);
});

test("loopbackPlan() is for a network namespace that is made", () => {
  assert.is(loopbackPlan(linuxContext({ namespaces: [{ type: "mount" }] }), 7), undefined);
  const plan = loopbackPlan(linuxContext({ namespaces: [{ type: "network" }] }), 7)!;
  assert.is(plan.sandbox.joins[0]?.path, "/proc/7/ns/net");
  assert.equal(tags(plan.init), ["linkUp", "ready"]);
});

test.run();
