// `create` is killed after the init got its plan, and the engine takes the root file system away: the init must not go on in the
// directory that it was mounted on.
// Spec: runtime.md#create

import { join } from "node:path";
import * as assert from "uvu/assert";
import { args } from "../harness/bundle.ts";
import { runtimePath } from "../harness/runtime.ts";
import { spec } from "../harness/suite.ts";

const test = spec("races/killed-create");

/** strace holds the init up where it is about to open its root: umask(2) is the last call before. */
const SCRIPT = `
set -e
mkdir "$ROOT"
mount -t tmpfs tmpfs "$ROOT"
mount --make-shared "$ROOT"
strace -f -o "$ROOT.trace" -e trace=umask -e inject=umask:delay_enter=2000000 $TRUNC create --bundle "$BUNDLE" "$ID" </dev/null >/dev/null 2>"$ROOT.errors" &
tracer=$!
until grep -q 'umask(' "$ROOT.trace" 2>/dev/null; do
  kill -0 $tracer || { cat "$ROOT.errors"; exit 1; }
  sleep 0.02
done
init=$(sed -n 's/^\\([0-9]*\\) *umask(.*/\\1/p' "$ROOT.trace" | head -n 1)
kill -KILL "$(awk '/^PPid:/ { print $2 }' "/proc/$init/status")"
umount --lazy "$ROOT"
wait $tracer || true
$TRUNC delete --force "$ID"
echo "made: $(ls -A "$ROOT")"
`;

test("an init whose create was killed makes nothing in the bare directory of its root (runtime.md#create)", {
  needs: ["strace"],
  deviates: "its init calls no umask there to be held up at",
  timeoutMs: 60_000,
}, async (t) => {
  const root = join(t.dir, "root");
  const bundle = t.bundle((config) => {
    config.root = { path: root };
    return args(config, "idle");
  });
  const id = t.id();
  const env = { PATH: process.env.PATH!, BUNDLE: bundle.dir, ID: id, ROOT: root };
  const unshare = ["--mount", "--propagation", "shared", "sh", "-c", SCRIPT];
  const { stdout, stderr, code } = await t.startHelper("unshare", unshare, {
    env: { ...env, TRUNC: `${runtimePath()} --root ${t.stateRoot}`, SPEC_TOKEN: t.token },
    timeoutMs: 50_000,
  }).closed;
  assert.is(code, 0, `${stdout}${stderr}`);
  assert.is(stdout, "made: \n");
});

test.run();
