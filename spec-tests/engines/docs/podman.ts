// Makes a box of docs/engines.md a machine that has podman and buildah installed, an image, and an ordinary user, alice; then runs the
// command that follows. ENGINES_IMAGES: the directory the image is in.

import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ok } from "../command.ts";
import { addUser, bindPrograms, openDevices } from "../podman/rootless.ts";

/** Her home is not on one of the box's layers, on which hers can't lie. */
const ALICE = {
  ...{ name: "alice", uid: 1200, home: join(process.env.BOX_DIRECTORY!, "alice") },
  subids: 600_000,
};
const PROGRAMS = ["podman", "buildah", "conmon", "slirp4netns"];

const [program, ...args] = process.argv.slice(2);
await prepare();
process.exitCode = spawnSync(program!, args, { stdio: "inherit" }).status ?? 1;

async function prepare(): Promise<void> {
  const programs = await bindPrograms("/usr/local/lib/engines");
  for (const name of PROGRAMS)
    symlinkSync(join(programs, "usr/bin", name), join("/usr/local/bin", name));
  symlinkSync(join(programs, "usr/lib/podman"), "/usr/local/lib/podman");
  mkdirSync("/etc/containers/containers.conf.d", { recursive: true });
  copyFileSync(join(programs, "etc/containers/policy.json"), "/etc/containers/policy.json");
  // podman raises these, and the machine may lack the privilege.
  writeFileSync(
    "/etc/containers/containers.conf.d/machine.conf",
    '[containers]\ndefault_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]\n',
  );
  writeFileSync(
    "/etc/containers/storage.conf",
    '[storage]\ndriver = "overlay"\nrunroot = "/run/containers/storage"\ngraphroot = "/var/lib/containers/storage"\n',
  );
  addUser(ALICE);
  // As a login by systemd does it.
  writeFileSync("/etc/profile.d/runtime.sh", 'export XDG_RUNTIME_DIR="/run/user/$(id -u)"\n');
  await ok(["install", "--directory", "--owner", ALICE.name, ALICE.home]);
  await openDevices(join(process.env.BOX_DIRECTORY!, "dev"));
  const input = readFileSync(join(process.env.ENGINES_IMAGES!, "busybox.tar"));
  await ok(["podman", "load", "--quiet"], { input });
  await ok(["su", "-", ALICE.name, "-c", "podman load --quiet"], {
    input,
  });
}
