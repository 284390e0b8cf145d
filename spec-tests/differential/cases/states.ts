// Every command on a container in every state: exit code, words, and the state that follows.

import type { Config } from "../../harness/types.ts";
import { type Case, lines, type Status } from "../case.ts";

const STATUSES: readonly Status[] = [
  ...(["missing", "creating", "created", "running", "paused", "stopped"] as const),
];

/** All answer at once; who changes what is there has to wait for the creation's end, and is left out. */
const WHILE_CREATING = `
  start {id}
  kill {id} KILL
  delete {id}
  delete --force {id}
  pause {id}
  resume {id}
  update --pids-limit 100 {id}
  exec {id} true
  list -q
  list --format json
  create {id}
`;

const ALWAYS = `
  start {id}
  kill {id} 0
  kill {id}
  kill {id} TERM
  kill {id} KILL
  kill --all {id} KILL
  delete {id}
  delete --force {id}
  pause {id}
  resume {id}
  exec {id} true
  exec {id} false
  exec -d {id} true
  list -q
  list
  list --format json
  update --pids-limit 100 {id}
  update --cpu-share 512 {id}
  create {id}
  run {id}
`;

export const STATES: readonly Case[] = STATUSES.flatMap((container) => [
  ...lines(container === "creating" ? WHILE_CREATING : ALWAYS, { container }).map(settled),
  { argv: ["state", "{id}"], container },
  {
    argv: ["events", "--stats", "{id}"],
    container,
    output: hasStats(container) ? "keys" : "exact",
  },
  { argv: ["ps", "{id}"], container, output: "some" },
  { argv: ["ps", "--format", "json", "{id}"], container, output: "some" },
]);

function hasStats(status: Status): boolean {
  return status === "created" || status === "running" || status === "paused";
}

/** A paused one is killed when it goes on, an absent one stays so. */
function settled(test: Case): Case {
  const { argv, container } = test;
  const isKilled = argv.includes("KILL") && /created|running|paused/.test(container!);
  // an init that waits for start ends by TERM too, a program here only if it wants to
  const isEnd =
    argv[0] === "kill" && (isKilled || (container === "created" && !argv.includes("0")));
  return {
    ...test,
    ...(isEnd && { settles: "stopped" }),
    // what is run where there is nothing yet must end
    ...(argv[0] === "run" && container === "missing" && { config: ends }),
  };
}

function ends(config: Config): void {
  config.process.args = ["/bin/true"];
}
