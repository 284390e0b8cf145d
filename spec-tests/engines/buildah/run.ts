// buildah run: one command in a working container.

import * as assert from "node:assert/strict";
import { readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ok } from "../command.ts";
import type { Feature } from "../feature.ts";
import { takeInventory } from "../leftovers.ts";
import type { Buildah } from "./engine.ts";

const EXIT_CODES: readonly [code: number, script: string][] = [
  [0, "true"],
  [3, "exit 3"],
  [137, "sh -c 'kill -KILL $$'; exit $?"],
  [143, "sh -c 'kill -TERM $$'; exit $?"],
];

/** buildah has one exit code for all that never ran. */
const FAILURES: readonly [argv: readonly string[], message: RegExp][] = [
  [["no-such-program"], /exec: \\?"no-such-program\\?": executable file not found in \$PATH/],
  [["/etc/not-executable"], /\/etc\/not-executable.*permission denied/],
  [["/no/such/program"], /\/no\/such\/program.*no such file or directory/],
];

const inside = (kind: string) => `readlink /proc/self/ns/${kind}`;

export const RUN: readonly Feature<Buildah>[] = [
  {
    name: "run: exit codes",
    isQuick: true,
    run: async (buildah) => {
      const container = await buildah.from("one");
      for (const isolation of ["oci", "default"])
        for (const [code, script] of EXIT_CODES) {
          const argv = ["run", "--isolation", isolation, container, "--", "sh", "-c", script];
          const result = await buildah.run(argv);
          assert.equal(result.code, code, `${script}: ${result.stderr}`);
        }
    },
  },
  {
    name: "run: output and errors apart, input",
    isQuick: true,
    run: async (buildah) => {
      const container = await buildah.from("one");
      const script = "read x; echo a $x; echo b >&2";
      const argv = ["run", container, "--", "sh", "-c", script];
      const { stdout, stderr } = await buildah.run(argv, { input: "in\n" });
      // trunc says which ambient capabilities of buildah's can't be, as later versions of runc do.
      const own = stderr.replaceAll(/^trunc: warning: .*\n/gm, "");
      assert.deepEqual([stdout, own], ["a in\n", "b\n"]);
    },
  },
  {
    name: "run: -t",
    isQuick: true,
    run: async (buildah) => {
      const container = await buildah.from("one");
      const argv = ["run", "-t", container, "--", "sh", "-c", "tty; stty size; read x; exit $x"];
      const terminal = buildah.terminal(argv, { rows: 33, columns: 111 });
      await terminal.shows(/^\/dev\/pts\/\d+\r$/m);
      await terminal.shows(/^33 111\r$/m);
      terminal.type("6\n");
      assert.equal(await terminal.ended(), 6);
    },
  },
  {
    name: "run: environment, working directory, --user",
    isQuick: true,
    run: async (buildah) => {
      const container = await buildah.from("one");
      const flags = ["--env", "A=b c", "--workingdir", "/tmp", "--user", "worker"];
      const script = 'echo "$A" $PWD $(id -u) $(id -G)';
      assert.equal(await buildah.sh(container, flags, script), "b c /tmp 1000 1000 2000");
    },
  },
  {
    name: "--cap-add, --cap-drop",
    isQuick: true,
    run: async (buildah) => {
      const container = await buildah.from("one");
      const script = "sed -n 's/^Cap\\(Eff\\|Bnd\\):\\t//p' /proc/self/status";
      const all = await buildah.sh(container, ["--cap-add", "CAP_SYS_ADMIN"], script);
      assert.notEqual(BigInt(`0x${all.split("\n")[0]}`) & (1n << 21n), 0n);
      const less = await buildah.sh(container, ["--cap-drop", "CAP_CHOWN"], script);
      assert.equal(BigInt(`0x${less.split("\n")[1]}`) & 1n, 0n);
    },
  },
  {
    name: "volumes: binds, read-only, tmpfs",
    isQuick: true,
    run: async (buildah) => {
      const container = await buildah.from("one");
      const directory = buildah.directory("bind");
      writeFileSync(join(directory, "file"), "text\n");
      const flags = [
        ...["--volume", `${directory}:/ro:ro`, "--volume", `${directory}:/rw`],
        ...["--mount", "type=tmpfs,destination=/t"],
      ];
      const script = `cat /ro/file; ( : >/ro/x ) 2>/dev/null || echo refused; : >/rw/made; ls /ro
        grep -c ' /t tmpfs' /proc/mounts`;
      const output = await buildah.sh(container, flags, script);
      assert.equal(output, "text\nrefused\nfile\nmade\n1");
    },
  },
  {
    name: "--network none, host",
    isQuick: true,
    run: async (buildah) => {
      const container = await buildah.from("one");
      const none = await buildah.sh(container, ["--network", "none"], "ls /sys/class/net");
      assert.equal(none, "lo");
      const host = await buildah.sh(container, ["--network", "host"], inside("net"));
      assert.equal(host, readlinkSync("/proc/self/ns/net"));
      const own = await buildah.sh(container, [], `${inside("net")}; ls /sys/class/net`);
      assert.notEqual(own.split("\n")[0], host);
      assert.match(own, /eth0/);
    },
  },
  {
    name: "--pid, --ipc, --uts, --cgroupns: own and host",
    run: async (buildah) => {
      const container = await buildah.from("one");
      const kinds = ["pid", "ipc", "uts"];
      const flags = kinds.flatMap((kind) => [`--${kind}`, "host"]);
      const script = kinds.map(inside).join("; ");
      const host = kinds.map((kind) => readlinkSync(`/proc/self/ns/${kind}`));
      assert.deepEqual((await buildah.sh(container, flags, script)).split("\n"), host);
      for (const line of (await buildah.sh(container, [], script)).split("\n"))
        assert.ok(!host.includes(line), line);
      assert.equal(await buildah.sh(container, ["--hostname", "mine"], "hostname"), "mine");
      const cgroup = await buildah.sh(container, ["--cgroupns", "private"], inside("cgroup"));
      assert.notEqual(cgroup, readlinkSync("/proc/self/ns/cgroup"));
    },
  },
  {
    name: "run: flags for the runtime, --no-pivot",
    run: async (buildah) => {
      const container = await buildah.from("one");
      const log = join(buildah.directory("log"), "file");
      const flags = ["--runtime-flag", `log=${log}`, "--runtime-flag", "log-format=json"];
      const argv = ["run", ...flags, container, "--", "no-such-program"];
      assert.notEqual((await buildah.run(argv)).code, 0);
      const last = readFileSync(log, "utf8").trim().split("\n").at(-1)!;
      assert.match(JSON.parse(last).msg, /no-such-program/);
      assert.equal(await buildah.sh(container, ["--no-pivot"], "echo ran"), "ran");
    },
  },
  {
    name: "user namespaces: --userns-uid-map",
    isQuick: true,
    run: async (buildah) => {
      const container = buildah.name("mapped");
      const maps = ["--userns-uid-map", "0:300000:5000", "--userns-gid-map", "0:400000:5000"];
      await buildah.ok("from", "--pull-never", "--name", container, ...maps, "busybox");
      // The topmost directory is not given to the container: what it needs in it must be there.
      const root = await buildah.ok("mount", container);
      const owner = ["--directory", "--owner", "300000", "--group", "400000"];
      await ok(["install", ...owner, join(root, "run")]);
      const script =
        "cat /proc/self/uid_map /proc/self/gid_map | tr -s ' '; : >/run/made; stat -c %u /run/made";
      assert.equal(await buildah.sh(container, [], script), " 0 300000 5000\n 0 400000 5000\n0");
    },
  },
  {
    name: "failures: the reason, nothing left",
    isQuick: true,
    isAlone: true,
    run: async (buildah) => {
      const container = await buildah.from("one");
      const before = takeInventory();
      for (const [argv, message] of FAILURES) {
        const result = await buildah.run(["run", container, "--", ...argv]);
        assert.match(result.stderr, message);
        assert.notEqual(result.code, 0);
        const { cgroups, mounts } = takeInventory();
        assert.deepEqual([...cgroups], [...before.cgroups]);
        assert.deepEqual(
          [...mounts].filter((path) => !before.mounts.has(path)),
          [],
        );
      }
      assert.equal(await buildah.sh(container, [], "echo unharmed"), "unharmed");
    },
  },
];
