// `trunc exec` through main(), against a host in memory.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { event, fakeWorld, PID, type World } from "../host/testing.ts";
import { main } from "../main.ts";
import type { Plan } from "../plan/ops.ts";

const test = suite("cli/exec");

const CONFIG = {
  ociVersion: "1.3.0",
  process: { cwd: "/", args: ["sh"], env: ["A=1"], user: { uid: 0, gid: 0 } },
  root: { path: "rootfs" },
  linux: { namespaces: [{ type: "pid" }, { type: "mount" }] },
};

async function runningWorld(): Promise<World> {
  const world = fakeWorld();
  world.files.set("/b/config.json", JSON.stringify(CONFIG));
  world.files.set("/proc/self/uid_map", "         0          0 4294967295\n");
  world.events.push(event("ready"));
  assert.is(await main(world.host, ["create", "-b", "/b", "c1"], () => undefined), 0);
  world.calls.length = 0;
  return world;
}

/** One command line, and the plan that it came to. */
async function exec(world: World, ...argv: string[]) {
  world.output[2] = "";
  let plan: Plan | undefined;
  const { Launch } = world.host;
  const host = {
    ...world.host,
    Launch: class extends Launch {
      constructor(...[wanted, options]: ConstructorParameters<typeof Launch>) {
        super(wanted, options);
        plan = wanted;
      }
    },
  };
  const code = await main(host, ["exec", ...argv], () => undefined);
  return { code, err: world.output[2], plan };
}

const lastStep = (plan: Plan | undefined) => plan?.init.at(-1);

test("in the foreground the exit code is the program's", async () => {
  const world = await runningWorld();
  world.events.push(event("ready"), event("exec"));
  world.end = { exitCode: 7 };
  const { code, err, plan } = await exec(world, "-e", "B=2", "c1", "ls", "-e", "x");
  assert.equal([code, err], [7, ""]);
  assert.equal(lastStep(plan), {
    op: "exec",
    at: "/process/args",
    args: ["ls", "-e", "x"],
    env: ["A=1", "B=2"],
  });
});

test("detached: the pid file, and no waiting", async () => {
  const world = await runningWorld();
  world.events.push(event("ready"), event("exec"));
  const argv = ["-d", "--pid-file", "/p", "--preserve-fds", "2", "--trace", "/t", "c1", "true"];
  const { code, plan } = await exec(world, ...argv);
  assert.is(code, 0);
  assert.is(world.files.get("/p"), String(PID));
  assert.is(plan?.sandbox.preserveFds, 2);
  assert.match(world.files.get("/t")!, /compile the plan/);
  assert.not.ok(world.calls.some((call) => call.startsWith("supervise")));
});

test("a process document, with warnings for what no kernel knows", async () => {
  const world = await runningWorld();
  world.events.push(event("ready"), event("exec"));
  const process = { cwd: "/", args: ["id"], capabilities: { bounding: ["CAP_NONSENSE"] } };
  world.files.set("/p.json", JSON.stringify(process));
  const { code, err, plan } = await exec(world, "-d", "--process=/p.json", "c1");
  assert.is(code, 0);
  assert.match(err, /warning: \/process\/capabilities\/bounding\/0: ignored/);
  assert.equal(lastStep(plan), { op: "exec", at: "/process/args", args: ["id"], env: [] });
});

test("options of the command line reach the plan", async () => {
  const world = await runningWorld();
  world.events.push(event("console", 5), event("ready"), event("exec"));
  const options = ["-t", "-d", "--console-socket=/s", "--cwd=/tmp", "-u", "5:6", "-g", "7"];
  const more = ["-c", "CAP_KILL", "--no-new-privs", "--cgroup", "sub"];
  const { code, plan } = await exec(world, ...options, ...more, "c1", "true");
  assert.is(code, 0);
  const steps = new Map(plan?.init.map((op) => [op.op, op]));
  assert.ok(steps.has("console") && steps.has("noNewPrivileges"));
  assert.match(JSON.stringify(steps.get("credentials")), /"uid":5,"gid":6,"groups":\[7\]/);
  assert.match(JSON.stringify(steps.get("changeDir")), /\/tmp/);
  assert.match(plan!.sandbox.intoCgroup, /\/c1\/sub$/);
});

for (const [what, argv, message] of [
  ["a missing container", ["no", "true"], "container does not exist"],
  ["no program", ["c1"], "exec args cannot be empty"],
  ["a terminal without a socket", ["-d", "-t", "c1", "sh"], "cannot allocate tty if trunc will"],
  ["descriptors below none", ["--preserve-fds=-1", "c1", "sh"], "--preserve-fds takes a number"],
  ["a document that is missing", ["-p", "/no", "c1"], "cannot read /no: open: ENOENT"],
  ["AppArmor where there is none", ["--apparmor=p", "c1", "sh"], "apparmor failed to apply"],
  ["SELinux where there is none", ["--process-label=l", "c1", "sh"], "selinux label is specified"],
] as const) {
  test(`${what} is an error of ours: 255`, async () => {
    const world = await runningWorld();
    const { code, err } = await exec(world, ...argv);
    assert.is(code, 255);
    assert.ok(err.includes(`exec failed: `) && err.includes(message), err);
    assert.is(err.split("\n").length, 2, "one line");
  });
}

test("a defect of ours is 255 too, and a misuse of the command line 1", async () => {
  const world = await runningWorld();
  world.events.push(event("barrier"));
  const { code, err } = await exec(world, "c1", "true");
  assert.is(code, 255);
  assert.match(err, /internal error: Error: the init reports barrier/);
  assert.is((await exec(world, "--nonsense", "c1", "true")).code, 1);
  assert.is((await exec(world)).code, 1);
});

test("a cgroup that can't be entered: where the container's first process is", async () => {
  const world = await runningWorld();
  world.files.set(`/proc/${PID}/cgroup`, "0::/elsewhere\n");
  const refusal = Object.assign(new Error("clone3"), {
    code: "ERR_SYSCALL",
    errno: 16,
    errnoName: "EBUSY",
    strerror: "device or resource busy",
    call: "clone3",
    text: "",
    phase: "clone",
  });
  world.failures.set("clone", refusal);
  const { plan } = await exec(world, "c1", "true");
  assert.is(plan?.sandbox.intoCgroup, "/sys/fs/cgroup/elsewhere");
});

test.run();
