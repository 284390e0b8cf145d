// Containers of an ordinary user with one id map, no privileges and no cgroups: what works, and what says why it does not.
// Spec: config-linux.md#user-namespace-mappings; the words of errors that engines know are runc's

import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { type Edit, script, share } from "../harness/bundle.ts";
import { succeeded } from "../harness/container.ts";
import { exec, idle, shell } from "../harness/exec.ts";
import { info } from "../harness/probe.ts";
import { reference, runtimePath } from "../harness/runtime.ts";
import { spec } from "../harness/suite.ts";
import type { Config } from "../harness/types.ts";
import { environment, ordinaryUser, UID } from "../harness/user.ts";

const test = spec("runtime/rootless");
const needs = ["user namespaces"];

test("root of the container is the user (config-linux.md#user-namespace-mappings)", {
  needs,
}, async (t) => {
  const user = ordinaryUser(t);
  const bundle = user.bundle((config) => {
    script(config, "id -u; id -g; cat /proc/self/uid_map /proc/self/setgroups; echo > /made");
  });
  const { stdout } = succeeded("run", await user.run(bundle));
  assert.match(stdout, new RegExp(`^0\n0\n\\s+0\\s+${UID}\\s+1\ndeny\n$`));
  assert.is(statSync(join(bundle.rootfs, "made")).uid, UID);
});

test("spec --rootless makes a bundle that runs (runc#spec)", { needs }, async (t) => {
  const user = ordinaryUser(t);
  const { dir } = user.bundle();
  const bundle = join(user.dir, "spec");
  const path = join(bundle, "config.json");
  const copy = `mkdir ${bundle} && cp -R ${dir}/rootfs ${bundle}`;
  succeeded("cp", await t.startHelper(...user.wrap(["sh", "-c", copy])).closed);
  succeeded("spec", await user.runtime(["spec", "--rootless", "--bundle", bundle]));
  const config = JSON.parse(readFileSync(path, "utf8")) as Config;
  assert.equal(config.linux.uidMappings, [{ containerID: 0, hostID: UID, size: 1 }]);
  config.process.terminal = false;
  script(
    config,
    "id -u; ls /sys/kernel >/dev/null && echo > /dev/null && touch /dev/shm/x && echo done",
  );
  writeFileSync(path, JSON.stringify(config));
  const ran = await user.runtime(["run", "--bundle", bundle, t.id()]);
  assert.is(succeeded("run", ran).stdout, "0\ndone\n");
});

test("state goes to XDG_RUNTIME_DIR, kept from clean-ups by the sticky bit (runc#root)", {
  needs,
}, async (t) => {
  const user = ordinaryUser(t);
  const bundle = user.bundle((config) => script(config, "echo ran"));
  const options = { env: environment(t, user.runtimeDir), cwd: bundle.dir };
  const copy = join(t.dir, "..", "bin", reference()?.name ?? "trunc");
  assert.ok(existsSync(copy), `the runtime at ${runtimePath()} is called otherwise`);
  const ran = await t.startHelper(...user.wrap([copy, "run", t.id()]), options).closed;
  assert.is(succeeded("run", ran).stdout, "ran\n");
  const root = join(user.runtimeDir, reference()?.name ?? "trunc");
  assert.is(statSync(root).mode & 0o7777, 0o1700);
  assert.equal(readdirSync(root), []);
});

test("the steps from create to delete (runtime.md#operations)", { needs }, async (t) => {
  const user = ordinaryUser(t);
  const container = await idle(user);
  assert.is((await container.state()).status, "running");
  const listed = await user.runtime(["list", "--format", "json"]);
  assert.is(JSON.parse(succeeded("list", listed).stdout)[0].id, container.id);
  await container.kill("TERM");
  await container.finished();
  await container.delete();
  assert.equal(readdirSync(t.stateRoot), []);
});

test("exec joins it, as its root (runc#exec)", { needs }, async (t) => {
  const user = ordinaryUser(t);
  const container = await idle(user);
  const { pid } = await container.state();
  assert.is(await shell(user, container, "id -u; cat /proc/self/setgroups"), "0\ndeny\n");
  assert.is(statSync(`/proc/${pid}`).uid, UID);
  const other = await exec(user, container, ["--user", "5:5"], ["id"]);
  assert.is.not(other.code, 0);
});

test("run and exec relay terminals (config.md#process)", {
  needs: [...needs, "script command"],
}, async (t) => {
  const user = ordinaryUser(t);
  const bundle = user.bundle((config) => {
    config.process.terminal = true;
    script(config, "test -t 0 && busybox stat -c '%u:%t' /dev/console");
  });
  const command = (words: readonly string[]) =>
    ["script", "--quiet", "--return", "--command", words.join(" "), "/dev/null"] as const;
  const runtime = `${join(t.dir, "..", "bin", reference()?.name ?? "trunc")} --root ${t.stateRoot}`;
  const asUser = (words: string) => {
    const [program, ...args] = command([runtime, words]);
    return t.startHelper(...user.wrap([program, ...args]), {
      env: environment(t, user.runtimeDir),
      stdin: "open",
    });
  };
  const ran = await asUser(`run --bundle ${bundle.dir} ${t.id()}`).closed;
  assert.match(succeeded("run", ran).stdout, /0:88/); // 136 is the major number of ptys
  const container = await idle(user);
  const entered = await asUser(`exec -t ${container.id} tty`).closed;
  assert.match(`${entered.stdout}`, /\/dev\/pts\/0|not found/);
});

test("default devices are the host's, bound (config-linux.md#default-devices)", {
  needs,
}, async (t) => {
  const user = ordinaryUser(t);
  const bundle = user.bundle((config) => {
    script(
      config,
      "for d in null zero full random urandom tty; do test -c /dev/$d || echo no $d; done; echo > /dev/null",
    );
  });
  assert.is(succeeded("run", await user.run(bundle)).stdout, "");
});

test("a network namespace of one's own has a sysfs of its own (config.md#mounts)", {
  needs,
}, async (t) => {
  const { mountinfo } = await info(ordinaryUser(t));
  assert.ok(mountinfo.some((line) => / \/sys .* - sysfs /.test(line)));
});

test("capabilities count inside (config.md#linux-process)", { needs }, async (t) => {
  const { capabilities } = await info(ordinaryUser(t), (config) => {
    for (const set of ["bounding", "effective", "permitted"] as const) {
      config.process.capabilities![set] = ["CAP_SYS_ADMIN"];
    }
  });
  assert.equal(capabilities.effective, [21]);
});

test("hooks run as the user, poststop too (config.md#posix-platform-hooks)", {
  needs,
}, async (t) => {
  const user = ordinaryUser(t);
  const log = join(t.dir, "log");
  const bundle = user.bundle((config) => {
    const path = "/bin/sh";
    const args = ["sh", "-c", `cat >/dev/null; id -u >> ${log}`];
    const env = ["PATH=/usr/bin:/bin"];
    config.hooks = { createRuntime: [{ path, args, env }], poststop: [{ path, args, env }] };
    script(config, "echo ran");
  });
  succeeded("run", await user.run(bundle));
  assert.is(readFileSync(log, "utf8"), `${UID}\n${UID}\n`);
});

test("a score that is raised, or none, is no matter of privileges (config.md#linux-process)", {
  needs,
}, async (t) => {
  const raised = await info(ordinaryUser(t), (config) => {
    config.process.oomScoreAdj = 500;
  });
  assert.is(raised.oomScoreAdj, "500");
});

test("gid=5 of devpts, which is not mapped, is left out (config.md#mounts)", {
  needs,
  deviates: "it refuses the option",
}, async (t) => {
  const user = ordinaryUser(t);
  const { mountinfo } = await info(user, (config) => {
    config.mounts.find(({ type }) => type === "devpts")!.options!.push("gid=5");
  });
  const line = mountinfo.find((text) => text.includes(" /dev/pts "))!;
  assert.not.match(line, /gid=/);
});

test("pause, ps, update and events --stats say that there is no cgroup (runc#pause)", {
  needs,
  deviates: "ps and pause fail, the others do nothing or half of it",
}, async (t) => {
  const user = ordinaryUser(t);
  const { id } = await idle(user);
  const commands = [["pause"], ["ps"], ["update", "--pids-limit", "5"], ["events", "--stats"]];
  for (const command of commands) {
    const { code, stderr } = await user.runtime([...command, id]);
    assert.is(code, 1, command.join(" "));
    assert.match(stderr, /no cgroup/);
  }
});

test("kill --all finds everyone by the pid namespace (runc#kill)", {
  needs,
  since: "1.2: kill --all without cgroups",
}, async (t) => {
  const user = ordinaryUser(t);
  const container = await idle(user);
  const entered = user.startRuntime(["exec", "--detach", container.id, "sleep", "1000"]);
  succeeded("exec", await entered.exited);
  succeeded("kill", await user.runtime(["kill", "--all", container.id, "KILL"]));
  await container.finished();
});

interface Refusal {
  readonly what: string;
  readonly edit: Edit;
  readonly flags?: readonly string[];
  readonly message: RegExp;
  readonly since?: string;
}

/** runc fails too, with another message unless its words are in the pattern. */
const REFUSALS: readonly Refusal[] = [
  {
    what: "no user namespace",
    edit: (config) => {
      share(config, "user");
      delete config.linux.uidMappings;
      delete config.linux.gidMappings;
    },
    message: /rootless container requires user namespaces/,
  },
  {
    what: "additional groups",
    edit: (config) => {
      config.process.user.additionalGids = [5];
    },
    message: /cannot set any additional groups in a rootless container/,
  },
  {
    what: "a user that is not mapped",
    edit: (config) => {
      config.process.user = { uid: 1000, gid: 1000 };
    },
    message: /uid 1000 is not mapped in the user namespace/,
  },
  {
    what: "the machine's root",
    edit: (config) => {
      config.linux.uidMappings = [{ containerID: 0, hostID: 0, size: 1 }];
    },
    message: /\/linux\/uidMappings|linux\.uidMappings.*; hint: .*\/etc\/subuid/,
  },
  {
    what: "a limit of memory",
    edit: (config) => {
      config.linux.resources = { memory: { limit: 64 << 20 } };
    },
    message:
      /\/linux\/resources\/memory\/limit: .*(container could not join or create cgroup|no permission is granted for cgroups)/,
  },
  {
    what: "a place for its cgroup",
    edit: (config) => {
      config.linux.cgroupsPath = "/not-for-the-user";
    },
    message: /permission denied/,
  },
  {
    what: "a score that is lowered",
    edit: (config) => {
      config.process.oomScoreAdj = -500;
    },
    message: /process\.oomScoreAdj.*permission denied.*CAP_SYS_RESOURCE/,
  },
  {
    what: "sysfs without a network namespace",
    edit: (config) => share(config, "network"),
    message: /mounts\[4\] \(\/sys\).*; hint: .*network namespace of one's own/,
  },
  {
    what: "proc of the host's pid namespace",
    edit: (config) => share(config, "pid"),
    message: /mounts\[0\] \(\/proc\).*; hint: .*bind the host's/,
  },
  {
    what: "a file system of a device",
    edit: (config) => {
      config.mounts.push({ destination: "/mnt", type: "ext4", source: "/dev/vda" });
    },
    message: /mounts\[5\] \(\/mnt\).*; hint: .*can't be mounted/,
  },
  {
    what: "a bind mount of what is closed to the user",
    edit: (config, { dir }) => {
      mkdirSync(join(dir, "closed", "in"), { recursive: true, mode: 0o700 });
      const source = join(dir, "closed", "in");
      config.mounts.push({ destination: "/mnt", type: "bind", source, options: ["bind"] });
    },
    message: /mounts\[5\] .*permission denied.*; hint: .*open to the user/,
  },
  {
    what: "a bind mount that leaves out what is mounted below",
    edit: (config) => {
      const source = "/sys";
      config.mounts.push({ destination: "/mnt", type: "bind", source, options: ["bind"] });
    },
    message: /mounts\[5\] .*; hint: .*use rbind/,
  },
  {
    what: "an id-mapped mount",
    edit: (config, { rootfs: source }) => {
      const options = ["bind", "idmap"];
      config.mounts.push({ destination: "/mnt", type: "bind", source, options });
    },
    message: /id-mapped mounts/,
    since: "1.2: id-mapped mounts",
  },
  {
    what: "a device that the host does not have",
    edit: (config) => {
      config.linux.devices = [{ path: "/dev/nowhere", type: "c", major: 10, minor: 299 }];
    },
    message: /linux\.devices\[0\].*no such file or directory/,
  },
  {
    what: "a hard limit above the caller's",
    edit: (config) => {
      config.process.rlimits = [{ type: "RLIMIT_NOFILE", hard: 1 << 30, soft: 1 << 30 }];
    },
    message: /process\.rlimits\[0\].*operation not permitted/,
  },
  {
    what: "a realtime scheduler",
    edit: (config) => {
      config.process.scheduler = { policy: "SCHED_FIFO", priority: 5 };
    },
    message: /process\.scheduler.*CAP_SYS_NICE/,
    since: "1.2: schedulers",
  },
  {
    what: "no cgroups, but --rootless=false",
    flags: ["--rootless=false"],
    edit: () => {},
    message: /permission denied.*; hint: .*--rootless=true/,
  },
];

for (const { what, edit, flags = [], message, since } of REFUSALS) {
  const options = { needs, ...(since !== undefined && { since }) };
  test(
    `refused, with the reason, and nothing stays: ${what} (runtime.md#errors)`,
    options,
    async (t) => {
      const user = ordinaryUser(t);
      const bundle = user.bundle((config, made) => {
        script(config, "echo ran");
        edit(config, made);
      });
      const id = t.id();
      const ran = await user.runtime([...flags, "run", "--bundle", bundle.dir, id]);
      assert.is.not(ran.code, 0);
      assert.is(ran.stdout, "");
      if (reference() === null) {
        assert.match(ran.stderr, message);
        assert.equal(readdirSync(t.stateRoot), []);
      }
    },
  );
}

test("--rootless=true is what is found out otherwise (runc#rootless)", { needs }, async (t) => {
  const user = ordinaryUser(t);
  const bundle = user.bundle((config) => script(config, "echo ran"));
  const ran = await user.runtime(["--rootless=true", "run", "--bundle", bundle.dir, t.id()]);
  assert.is(succeeded("run", ran).stdout, "ran\n");
});

test.run();
