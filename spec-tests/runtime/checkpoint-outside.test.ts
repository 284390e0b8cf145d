// checkpoint and restore: what of a container comes from outside, and is there again: streams, mounts, networks, terminals.
// Spec: runtime.md#operations

import {
  existsSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { type Edit, script, share } from "../harness/bundle.ts";
import { cgroupDirectory } from "../harness/cgroups.ts";
import { stateOf, succeeded } from "../harness/container.ts";
import {
  checkpoint,
  counting,
  done,
  paths,
  restore,
  startQuietly,
  WITH_CRIU,
} from "../harness/criu.ts";
import { holdNamespaces, receive } from "../harness/helpers.ts";
import { spec } from "../harness/suite.ts";

const test = spec("runtime/checkpoint-outside");

test(
  "pipes of restore take the place of those of run (runtime.md#operations)",
  WITH_CRIU,
  async (t) => {
    const piped = "</dev/null 2>/dev/null | cat";
    const bundle = t.bundle((config) => {
      script(config, "i=0; while :; do i=$((i+1)); echo tick-$i; busybox sleep 0.05; done");
    });
    const id = t.id();
    const images = { images: join(t.dir, "images") };
    const first = startQuietly(t, ["run", "--detach", "--bundle", bundle.dir, id], piped);
    await first.sees("tick-2\n");
    await done(t, ["checkpoint", ...paths(images), id]);
    const seen = (await first.closed).stdout.trim().split("\n");
    const words = ["restore", "--detach", "--bundle", bundle.dir, ...paths(images), id];
    const second = startQuietly(t, words, piped);
    await second.sees(`tick-${seen.length + 2}\n`);
    assert.is(second.stdout().split("\n")[0], `tick-${seen.length + 1}`);
    succeeded("delete", await t.runtime(["delete", "--force", id]));
    await second.closed;
  },
);

test(
  "bind mounts are there again, nested and behind links (config.md#mounts)",
  WITH_CRIU,
  async (t) => {
    const outside = (name: string) => join(t.dir, name);
    for (const name of ["conf", "volume", "inner"]) {
      mkdirSync(outside(name));
      writeFileSync(join(outside(name), "name"), `${name}\n`);
    }
    const bind = (source: string, destination: string) => ({
      type: "bind",
      source: outside(source),
      destination,
      options: ["bind"],
    });
    const counter = await counting(t, (config, { rootfs }) => {
      mkdirSync(join(rootfs, "real/conf"), { recursive: true });
      symlinkSync("/real/conf", join(rootfs, "conf"));
      config.mounts.push(bind("conf", "/conf"), bind("volume", "/v"), bind("inner", "/v/a/b"));
    });
    await checkpoint(t, counter);
    rmSync(join(outside("volume"), "a"), { recursive: true });
    await restore(t, counter);
    const words = ["exec", counter.id, "/bin/sh", "-c", "cat /conf/name /v/name /v/a/b/name"];
    const result = await t.runtime(words.map((word) => word.replaceAll("cat", "busybox cat")));
    assert.is(succeeded("exec", result).stdout, "conf\nvolume\ninner\n");
    await counter.grows();
  },
);

test("masked and read-only paths stay so (config-linux.md#masked-paths)", WITH_CRIU, async (t) => {
  const counter = await counting(t, (config) => {
    config.linux.maskedPaths = ["/proc/kcore", "/proc/acpi", "/sys/firmware"];
    config.linux.readonlyPaths = ["/proc/sys"];
  });
  await checkpoint(t, counter);
  await restore(t, counter);
  const look = "busybox wc -c </proc/kcore; busybox ls /sys/firmware; echo 1 >/proc/sys/kernel/x";
  const { stdout, stderr } = await t.runtime(["exec", counter.id, "/bin/sh", "-c", look]);
  assert.is(stdout, "0\n");
  assert.match(stderr, /Read-only|nonexistent/);
});

/** A connection over the loopback device: what goes out comes back into a file. */
const TALK: Edit = (config) => {
  script(
    config,
    "busybox nc -l -p 5000 -e busybox cat & busybox sleep 1; " +
      "(i=0; while :; do i=$((i+1)); echo $i; busybox sleep 0.05; done) | busybox nc 127.0.0.1 5000 >/numbers",
  );
};

test(
  "a network namespace that is there is entered again (config-linux.md#namespaces)",
  WITH_CRIU,
  async (t) => {
    const holder = await holdNamespaces(t, "net", "net");
    const path = `/proc/${holder}/ns/net`;
    const counter = await counting(t, (config) => {
      config.linux.namespaces.find(({ type }) => type === "network")!.path = path;
    });
    const namespace = readlinkSync(path);
    await checkpoint(t, counter);
    await restore(t, counter);
    assert.is(readlinkSync(`/proc/${(await stateOf(t, counter.id)).pid}/ns/net`), namespace);
    await counter.grows();
  },
);

test("a connection goes on: a network namespace of its own has the loopback device again (config-linux.md#namespaces)", {
  ...WITH_CRIU,
  needs: ["criu", "ip command"],
  deviates: "leaves the device down",
}, async (t) => {
  const counter = await counting(t, TALK);
  await checkpoint(t, counter, "--tcp-established");
  await restore(t, counter, "--tcp-established");
  await counter.grows();
});

test(
  "the host's network is not the container's to lose (config-linux.md#namespaces)",
  WITH_CRIU,
  async (t) => {
    const counter = await counting(t, (config) => share(config, "network"));
    await checkpoint(t, counter);
    await restore(t, counter);
    await counter.grows();
  },
);

test(
  "the console socket of restore gets the terminal (config.md#process)",
  WITH_CRIU,
  async (t) => {
    const bundle = t.bundle((config) => {
      config.process.terminal = true;
      script(config, "echo ready; while read -r line; do echo got $line; done");
    });
    const id = t.id();
    const images = { images: join(t.dir, "images") };
    const first = await receive(t, "console");
    const socket = ["--console-socket", first.path];
    await done(t, ["run", "--detach", "--bundle", bundle.dir, ...socket, id]);
    await first.call.sees("ready");
    await done(t, ["checkpoint", ...paths(images), id]);
    const second = await receive(t, "console");
    const words = ["restore", "--detach", "--bundle", bundle.dir, ...paths(images), ...socket, id];
    await done(t, words);
    assert.is((await second.message()).fds, 1);
    second.call.write("something\n");
    await second.call.sees("got something");
  },
);

test(
  "hooks of creation run, and those of the end (config.md#posix-platform-hooks)",
  WITH_CRIU,
  async (t) => {
    const told = join(t.dir, "hooks");
    const hook = (name: string) => ({
      path: "/bin/sh",
      args: ["sh", "-c", `echo ${name} $(tr -d " \\n" | grep -o '"status":"[a-z]*"') >>${told}`],
      env: ["PATH=/usr/bin:/bin"],
    });
    const counter = await counting(t, (config) => {
      config.hooks = { createRuntime: [hook("createRuntime")], poststop: [hook("poststop")] };
    });
    await checkpoint(t, counter);
    await restore(t, counter);
    const lines = readFileSync(told, "utf8")
      .trim()
      .split("\n")
      .map((line) => line.split(" ")[0]);
    assert.equal(lines, ["createRuntime", "poststop", "createRuntime"]);
  },
);

test("--manage-cgroups-mode ignore: into other cgroups (config-linux.md#cgroups-path)", {
  ...WITH_CRIU,
  since: "1.2: the mode ignore",
}, async (t) => {
  const counter = await counting(t);
  await checkpoint(t, counter, "--manage-cgroups-mode", "ignore");
  const other = `${t.token}-other`;
  counter.bundle.config.linux.cgroupsPath = `/${other}`;
  counter.bundle.save();
  await restore(t, counter, "--manage-cgroups-mode", "ignore");
  const cgroup =
    cgroupDirectory("freezer", (await stateOf(t, counter.id)).pid) ??
    cgroupDirectory("pids", (await stateOf(t, counter.id)).pid)!;
  assert.ok(cgroup.endsWith(other), cgroup);
  await counter.grows();
  succeeded("delete", await t.runtime(["delete", "--force", counter.id]));
  assert.not.ok(existsSync(cgroup));
});

test(
  "in the foreground its exit code is restore's, and it is deleted (runtime.md#delete)",
  WITH_CRIU,
  async (t) => {
    const counter = await counting(t, (config) => {
      const until = "while [ ! -e /stop ]; do i=$((i+1)); echo $i >&5; busybox sleep 0.05; done";
      script(config, `exec 5>/numbers; i=0; ${until}; exit 7`);
    });
    await checkpoint(t, counter);
    const words = ["restore", "--bundle", counter.bundle.dir, ...paths(counter), counter.id];
    const { exited } = startQuietly(t, words);
    await counter.grows();
    writeFileSync(join(counter.bundle.rootfs, "stop"), "");
    assert.is((await exited).code, 7);
    assert.match((await t.runtime(["state", counter.id])).stderr, "does not exist");
  },
);

test(
  "the annotation org.criu.config names settings that win (config.md#annotations)",
  WITH_CRIU,
  async (t) => {
    const settings = join(t.dir, "criu.conf");
    writeFileSync(settings, "log-file=own.log\n");
    const counter = await counting(t, (config) => {
      config.annotations = { "org.criu.config": settings };
    });
    await checkpoint(t, counter);
    assert.ok(existsSync(join(`${counter.images}-work`, "own.log")));
    assert.not.ok(existsSync(join(`${counter.images}-work`, "dump.log")));
    await restore(t, counter);
  },
);

test.run();
