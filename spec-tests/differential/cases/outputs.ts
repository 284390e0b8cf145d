// What is printed when all goes well: formats, keys, files.

import { type Case, lines } from "../case.ts";

export const OUTPUTS: readonly Case[] = [
  ...lines("--version\n-v\nversion\n--version list\n--version state nobody", { output: "some" }),
  { argv: ["features"], output: "keys", since: "1.3: all that is known of features" },
  { argv: ["spec"], cwd: "{dir}", files: ["config.json"] },
  { argv: ["spec", "--rootless"], cwd: "{dir}", files: ["config.json"] },
  { argv: ["spec", "--bundle", "{dir}"], files: ["config.json"] },
  { argv: ["spec", "--bundle", "{dir}/none"] },
  { argv: ["spec"] },
  ...lines(
    `
    state {id}
    list
    list --format json
    list --format=table
    list --format yaml
    list --format json --quiet
    list -q
    `,
    { container: "running" },
  ),
  {
    argv: ["state", "{id}"],
    container: "created",
    output: "json",
    config: (config) => {
      config.annotations = { "org.example.one": "1", "org.example.a<b>": "&" };
    },
  },
  ...lines(
    `
    ps {id} -o pid,args
    ps {id} -o pid
    ps {id} -o args
    ps {id} aux
    ps --format table {id}
    ps --format yaml {id}
    ps {id} --no-such-option
    `,
    { container: "running", output: "some" },
  ),
  ...lines("list\nlist -q\nlist -f json\nlist --format yaml"),
];
