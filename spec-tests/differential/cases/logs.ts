// --log, --log-format, --debug, --root: where errors go, in which form, and what is said about bad places.

import { type Case, lines } from "../case.ts";

export const LOGS: readonly Case[] = [
  ...lines(
    `
    --log {dir}/log state nobody
    --log {dir}/log --log-format text state nobody
    --log {dir}/log --log-format json state nobody
    --log {dir}/log --log-format json create --bundle {dir}/none {id}
    --log {dir}/log --log-format json no-such-command
    --log {dir}/log --log-format json create
    --log {dir}/log --log-format json exec nobody true
    --log {dir}/log list
    --log {dir}/log --log-format json list
    --log {dir}/log --log-format json --version
    --log {dir}/log --log-format xml list
    `,
    { files: ["log"] },
  ).map((test) => (test.argv.includes("--version") ? { ...test, output: "some" as const } : test)),
  ...lines(`
    --log-format json state nobody
    --log-format text state nobody
    --log {dir}/none/log list
    --log {dir} list
    --log /dev/full list
    --root / list
    --root {root} list
    --root {root} list -q
    --root {dir}/none list
    --root {dir}/none state nobody
    --root {dir}/none delete -f nobody
    --root {dir}/none delete nobody
    --root {dir}/none kill nobody
    --root {dir}/none ps nobody
    --root {dir}/none events --stats nobody
    --root {dir}/none/deep/er list
    --root {bundle}/config.json list
    --root {bundle}/config.json state nobody
    --root {bundle}/config.json create {id}
    --rootless true list
    --rootless=false list
    --rootless auto list
    --rootless=1 list
    --rootless= list
  `),
  {
    argv: ["--log", "{dir}/log", "--log-format", "json", "run", "{id}"],
    files: ["log"],
    container: "missing",
    config: (config) => {
      config.process.args = ["no-such-program"];
    },
  },
  {
    argv: ["--log", "{dir}/log", "list"],
    files: ["log"],
    given: { log: 'time="2026-01-01T00:00:00Z" level=error msg="kept"\n' },
  },
];
