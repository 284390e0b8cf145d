// create and run: exit codes, pid files, what the program prints, and the words of failures that engines look for.

import type { Edit } from "../../harness/bundle.ts";
import type { Config } from "../../harness/types.ts";
import { type Case, lines } from "../case.ts";

const shell =
  (script: string): Edit =>
  (config) => {
    config.process.args = ["/bin/sh", "-c", script];
  };

const program =
  (...args: string[]): Edit =>
  (config) => {
    config.process.args = args;
  };

function withTerminal(config: Config): void {
  config.process.terminal = true;
}

const run = (config: Edit, more: Partial<Case> = {}): Case => ({
  argv: ["run", "{id}"],
  config,
  ...more,
});

export const LAUNCHES: readonly Case[] = [
  run(shell("echo out; echo err >&2; exit 7"), { container: "missing" }),
  run(shell("kill -TERM $$; sleep 10; exit 1")),
  run(shell("kill -KILL $$")),
  run(shell("cat"), { stdin: "through\n" }),
  { argv: ["run", "--keep", "{id}"], config: shell("exit 3"), container: "missing" },
  { argv: ["run", "-d", "--pid-file", "{dir}/pid", "{id}"], container: "missing" },
  { argv: ["create", "--pid-file", "{dir}/none/pid", "{id}"], container: "missing" },
  { argv: ["create", "--pid-file", "pid", "{id}"], container: "missing", cwd: "{bundle}" },
  { argv: ["create", "--bundle", "{dir}/none", "{id}"], container: "missing" },
  { argv: ["create", "--bundle", "{dir}", "{id}"], container: "missing" },
  { argv: ["run", "--bundle", "{bundle}", "{id}"], config: shell("pwd"), cwd: "{dir}" },
  { argv: ["run", "{id}"], configText: "{", container: "missing" },
  { argv: ["run", "{id}"], configText: "", container: "missing" },
  { argv: ["run", "{id}"], configText: "[]", container: "missing" },
  { argv: ["run", "{id}"], configText: "{}", container: "missing" },
  { argv: ["create", "{id}"], config: program("no-such-program"), container: "missing" },
  { argv: ["run", "{id}"], config: program("no-such-program"), container: "missing" },
  { argv: ["run", "{id}"], config: program("/no/such/program"), container: "missing" },
  { argv: ["run", "{id}"], config: program("/etc/passwd"), container: "missing" },
  { argv: ["run", "{id}"], config: program("/etc"), container: "missing" },
  { argv: ["run", "{id}"], config: program("./bin/true"), container: "missing" },
  { argv: ["run", "{id}"], config: program("bin/true"), container: "missing" },
  { argv: ["run", "{id}"], config: program(""), container: "missing" },
  { argv: ["run", "{id}"], config: program(), container: "missing" },
  run((config) => {
    config.process.cwd = "/no/such/directory";
    config.process.args = ["/bin/sh", "-c", "pwd"];
  }),
  run((config) => {
    config.process.cwd = "/etc/passwd";
  }),
  run((config) => {
    config.process.cwd = "relative";
  }),
  run((config) => {
    config.root.path = "no-such-rootfs";
  }),
  run((config) => {
    config.mounts.push({ destination: "/mnt", source: "/no/such/source", options: ["bind"] });
  }),
  run((config) => {
    config.mounts.push({ destination: "/mnt", source: "/etc/passwd", options: ["bind"] });
  }),
  run((config) => {
    config.mounts.push({ destination: "/mnt", type: "nosuchfs", source: "none" });
  }),
  run((config) => {
    config.process.user = { uid: -1, gid: 0 };
  }),
  run((config) => {
    config.process.terminal = true;
    config.process.args = ["/bin/echo", "ran"];
  }),
  {
    argv: ["create", "{id}"],
    container: "missing",
    config: withTerminal,
  },
  { argv: ["create", "--console-socket", "{dir}/none", "{id}"], container: "missing" },
  {
    argv: ["create", "--console-socket", "{dir}/none", "{id}"],
    container: "missing",
    config: withTerminal,
  },
  {
    argv: ["run", "--console-socket", "{dir}/none", "{id}"],
    container: "missing",
    config: withTerminal,
  },
  { argv: ["run", "--preserve-fds=-1", "{id}"], container: "missing", config: shell("echo ran") },
  {
    argv: ["run", "--preserve-fds", "40", "{id}"],
    container: "missing",
    config: shell("echo ran"),
  },
  ...(
    [
      "prestart",
      "createRuntime",
      "createContainer",
      "startContainer",
      "poststart",
      "poststop",
    ] as const
  ).map(
    (kind): Case => ({
      argv: ["run", "{id}"],
      container: "missing",
      config: (config) => {
        config.process.args = ["/bin/true"];
        config.hooks = { [kind]: [{ path: "/bin/sh", args: ["sh", "-c", "echo no >&2; exit 3"] }] };
      },
    }),
  ),
  ...lines(
    "run --no-pivot {id}\nrun --no-new-keyring {id}\nrun --no-subreaper {id}\nrun -keep=false {id}",
    {
      config: shell("echo ran"),
      container: "missing",
    },
  ),
];
