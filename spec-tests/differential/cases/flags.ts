// How flags are written: dashes, =, after positionals, twice, empty; and the flags before the command.

import { type Case, lines } from "../case.ts";

export const FLAGS: readonly Case[] = [
  ...lines(
    `
    state --nope={id} {id}
    delete -force {id}
    delete --force=true {id}
    delete --force=false {id}
    delete --force=1 {id}
    delete {id} --force
    delete {id} -f
    delete -f -f {id}
    delete -f=T {id}
    list -q=false
    list -format json
    list -format=table
    list --format json --format table
    list --format=
    list -f json
    list -qf json
    list -- --quiet
    kill -a {id} KILL
    kill --all {id}
    kill {id} KILL --all
    ps {id} --format json
    exec {id} --tty true
    exec --env
    spec --bundle= --rootless=false extra
    events --interval 0s {id}
    events --interval=-1s {id}
    events --interval 5 {id}
    create --- {id}
    create -=x {id}
    state --=x {id}
    events --interval 1h2m3.5s {id}
    --no-such-flag list
    --log
    --log-format yaml list
    --log-format= list
    --log-format JSON list
    --rootless=maybe list
    --rootless list
    --debug=perhaps list
    -debug=false list
    --systemd-cgroup=perhaps list
    --root
    -- list
    --
    no-such-command
    no-such-command --help
    help no-such-command
    h no-such-command
    Create
    creat
    -x
    `,
  ),
  ...lines(
    `
    --help
    -h
    help
    h
    h list
    --help list
    help list extra
    -h=true
    --help=false
    `,
    { output: "some" },
  ),
  { argv: [], output: "some" },
  { argv: [""], output: "some" },
  { argv: ["state", ""] },
  { argv: ["state", "with space"] },
  { argv: ["state", "a/b"] },
  { argv: ["state", ".."] },
  { argv: ["create", "--bundle", "", ""] },
  { argv: ["create", "bad/id"] },
  { argv: ["create", "bad id"] },
  { argv: ["run", "--bundle", "{bundle}", "b\u00e4d"] },
];
