// Target: state files that are cut, changed, of other versions or hostile, and all commands that read them.

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { mutated, spoiled, textOfValue } from "./documents.ts";
import { Nobody } from "./nobody.ts";
import { oneIn, pick, type Random } from "./random.ts";
import type { Target } from "./target.ts";

const ID = "c1";

/** As `create` writes it; no process has this pid with this start time. */
const WHOLE = {
  version: 1,
  ociVersion: "1.3.0",
  id: ID,
  bundle: "/nowhere/bundle",
  rootfs: "/nowhere/bundle/rootfs",
  created: "2026-01-02T03:04:05.678Z",
  annotations: { a: "b" },
  owner: 1000,
  isReady: true,
  pid: 4_194_304,
  startTime: "1",
  hasPidNamespace: true,
  cgroups: [{ root: "/sys/fs/cgroup", path: "/no-such-cgroup/c1" }],
  processes: { root: "/sys/fs/cgroup", path: "/no-such-cgroup/c1" },
  freezer: { root: "/sys/fs/cgroup", path: "/no-such-cgroup/c1", file: "cgroup.freeze" },
  poststart: [{ path: "/bin/true" }],
  poststop: [{ path: "/bin/true", args: ["true"], env: ["A=b"], timeout: 1 }],
  late: { first: 3, steps: [{ op: "exec", at: "/process/args", subject: "" }] },
  notify: "/nowhere/notify",
};

const CONFIG =
  '{"ociVersion":"1.3.0","root":{"path":"rootfs"},"process":{"cwd":"/","args":["true"]},"linux":{}}';

const COMMANDS: readonly (readonly string[])[] = [
  ["state", ID],
  ["list"],
  ["list", "--format", "json"],
  ["start", ID],
  ["kill", ID, "TERM"],
  ["kill", "--all", ID],
  ["exec", ID, "true"],
  ["pause", ID],
  ["resume", ID],
  ["ps", "--format", "json", ID],
  ["update", "--pids-limit", "5", ID],
  ["events", "--stats", ID],
  ["delete", ID],
  ["delete", "--force", ID],
];

export function stateFiles(base: string, corpus: ReadonlyMap<string, string>): Target {
  const nobody = new Nobody(base, "state");
  const root = join(nobody.directory, "root");
  return {
    name: "state",
    what: "state files, with every command that reads them, as a user who owns nothing",
    weight: 2,
    corpus,
    make: (random: Random) => {
      let document: unknown = WHOLE;
      for (let i = random(3); i >= 0; i--) document = mutated(document, random);
      const text = textOfValue(document);
      const config = oneIn(random, 4) ? spoiled(CONFIG, random) : CONFIG;
      const chosen = [pick(random, COMMANDS), pick(random, COMMANDS), COMMANDS.at(-1)!];
      return JSON.stringify({
        state: oneIn(random, 4) ? spoiled(text, random) : text,
        config,
        commands: chosen,
      });
    },
    check: (input) => {
      const { state, config, commands } = JSON.parse(input) as {
        state: string;
        config: string;
        commands: string[][];
      };
      rmSync(root, { recursive: true, force: true });
      for (const path of [root, join(root, ID)]) {
        mkdirSync(path, { mode: 0o700 });
        nobody.own(path);
      }
      for (const [name, text] of [
        ["state.json", state],
        ["config.json", config],
        ["lock", ""],
      ] as const) {
        const path = join(root, ID, name);
        writeFileSync(path, text, { mode: 0o600 });
        nobody.own(path);
      }
      for (const command of commands) {
        const bad = nobody.run(["--root", root, ...command]);
        if (bad !== null) return `${command.join(" ")}: ${bad}`;
      }
      return null;
    },
  };
}
