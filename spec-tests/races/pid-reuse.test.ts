// A container whose first process is gone, and whose pid belongs to another process now: nobody may mistake it.
// Spec: runtime.md#state, runtime.md#kill

import * as assert from "uvu/assert";
import { args } from "../harness/bundle.ts";
import { succeeded } from "../harness/container.ts";
import { runtimePath } from "../harness/runtime.ts";
import { spec } from "../harness/suite.ts";
import { reused } from "./reused.ts";

const test = spec("races/pid-reuse");

const OPTIONS = { deviates: "its state file has another format" };

const COMMANDS: [words: string, code: number, told: RegExp][] = [
  ["kill ID KILL", 1, /container not running/],
  ["kill --all ID KILL", 0, /^$/],
  ["exec ID true", 255, /cannot exec in a stopped container/],
  ["start ID", 1, /cannot start a container that has stopped/],
  ["pause ID", 1, /container not running/],
  ["update --pids-limit 7 ID", 1, /container not running/],
  ["ps ID", 0, /^$/],
  ["delete ID", 0, /^$/],
  ["delete --force ID", 0, /^$/],
];

for (const [words, code, told] of COMMANDS) {
  test(
    `${words} leaves another process with its pid alone (runtime.md#kill)`,
    OPTIONS,
    async (t) => {
      const { id, wasKilled } = await reused(t);
      const state = succeeded("state", await t.runtime(["state", id]));
      assert.is(JSON.parse(state.stdout).status, "stopped");
      assert.is(JSON.parse(state.stdout).pid, 0);
      const result = await t.runtime(words.split(" ").map((word) => (word === "ID" ? id : word)));
      assert.is(result.code, code, result.stderr);
      assert.match(result.stderr, told);
      assert.not.ok(await wasKilled(), "the other process was killed");
    },
  );
}

/** Kills the init, then makes processes until one has its pid, and has trunc look at it. */
const SMALL = `
set -e
echo 400 >/proc/sys/kernel/pid_max
# Below 300 none is given a second time.
n=0
while [ $n -lt 320 ]; do n=$((n+1)); /bin/true; done
$TRUNC create --bundle $BUNDLE $ID </dev/null >/dev/null 2>$BUNDLE/errors || { cat $BUNDLE/errors; exit 1; }
pid=$($TRUNC state $ID | sed -n 's/.*"pid": \\([0-9]*\\),/\\1/p')
kill -KILL $pid
n=0
while [ $n -lt 5000 ]; do
  n=$((n+1))
  sleep 100 & other=$!
  [ $other != $pid ] || break
  kill -KILL $other; wait $other 2>/dev/null || true
done
[ $other = $pid ] || { echo "never reused"; exit 9; }
$TRUNC state $ID | grep -q '"status": "stopped"'
$TRUNC kill $ID KILL && exit 8 || true
$TRUNC delete $ID
kill -0 $other
echo reused $pid
kill -KILL $other
`;

test("in a pid namespace of 400 pids: an init's pid that was given away (runtime.md#kill)", {
  ...OPTIONS,
  timeoutMs: 120_000,
}, async (t) => {
  const bundle = t.bundle((config) => args(config, "idle"));
  const id = t.id();
  const trunc = `${runtimePath()} --root ${t.stateRoot}`;
  const env = { PATH: process.env.PATH!, TRUNC: trunc, BUNDLE: bundle.dir, ID: id };
  const unshare = ["--pid", "--fork", "--mount-proc", "--kill-child", "sh", "-c", SMALL];
  const { stdout, stderr, code } = await t.startHelper("unshare", unshare, {
    env: { ...env, SPEC_TOKEN: t.token },
    timeoutMs: 100_000,
  }).closed;
  assert.is(code, 0, `${stdout}${stderr}`);
  assert.match(stdout, /^reused \d+$/m);
});

test.run();
