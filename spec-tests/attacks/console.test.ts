// What a volume puts where the terminal's files are expected. All of them are opened after the root was changed: links lead
// nowhere but into the container, where procfs is not masked yet.
// Spec: none; docs/security.md, rule 4: T4, CVE-2025-52565

import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Edit, script } from "../harness/bundle.ts";
import { receive } from "../harness/helpers.ts";
import type { Sandbox } from "../harness/sandbox.ts";
import { spec } from "../harness/suite.ts";
import { attack } from "./attack.ts";

const test = spec("attacks/console");

/** What a container with a terminal says of its /dev/console. */
async function consoleOf(t: Sandbox, edit: Edit): Promise<string> {
  const receiver = await receive(t, "console");
  const bundle = t.bundle((config, made) => {
    config.process.terminal = true;
    script(config, "busybox stat -c 'console: %F' /dev/console");
    edit(config, made);
  });
  const container = await t.create(bundle, { flags: ["--console-socket", receiver.path] });
  await container.start();
  const { stdout } = await receiver.call.closed;
  return /console: .*/.exec(stdout)?.[0].trim() ?? stdout;
}

attack(
  test,
  "a /dev/pts of the attacker's, whose names lead elsewhere (CVE-2025-52565)",
  "weak init",
  async (t, dir) => {
    const pts = join(dir, "pts");
    mkdirSync(join(pts, "pts"), { recursive: true });
    writeFileSync(join(pts, "ptmx"), "");
    symlinkSync("/secret", join(pts, "0"));
    const found = await consoleOf(t, (config, { rootfs }) => {
      writeFileSync(join(rootfs, "secret"), "secret");
      config.mounts = config.mounts.filter(({ destination }) => destination !== "/dev/pts");
      const bind = (destination: string, source: string) =>
        config.mounts.push({ destination, type: "bind", source, options: ["bind"] });
      bind("/dev/pts", pts);
      // for the kernel, which looks for them beside the file: what a race would have to win is there from the start
      bind("/dev/pts/ptmx", "/dev/pts/ptmx");
      bind("/dev/pts/pts", "/dev/pts");
    });
    return found === "console: character special file" ? undefined : found;
  },
);

test.run();
