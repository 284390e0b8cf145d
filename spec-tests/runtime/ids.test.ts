// Container ids: which are taken, which refused.
// Spec: runtime.md#state

import * as assert from "uvu/assert";
import { args } from "../harness/bundle.ts";
import { spec } from "../harness/suite.ts";

const test = spec("runtime/ids");

const GOOD = [
  "a",
  "0",
  "Az09",
  "with-dash",
  "with_underscore",
  "with.dot",
  "plus+plus",
  "-starts-with-dash".slice(1),
];

const BAD = ["", ".", "..", "a/b", "../a", "a b", "a:b", "ü", "a\nb", "a*", "$x", "a%b"];

for (const id of GOOD) {
  test(`"${id}" is taken (runtime.md#state)`, async (t) => {
    const whole = `${id}-${t.token}`;
    const container = await t.create(
      t.bundle((config) => args(config, "idle")),
      { id: whole },
    );
    assert.is((await container.state()).id, whole);
  });
}

for (const id of BAD) {
  test(`${JSON.stringify(id)} is refused (runtime.md#state)`, async (t) => {
    const bundle = t.bundle();
    const result = await t.runtime(["create", "--bundle", bundle.dir, id]);
    assert.is(result.code, 1);
    assert.match(result.stderr, /invalid container ID format|container id cannot be empty/i);
  });
}

test("an id of 200 characters (runtime.md#state)", async (t) => {
  const id = `${t.token}${"x".repeat(200)}`.slice(0, 200);
  const container = await t.create(
    t.bundle((config) => args(config, "idle")),
    { id },
  );
  assert.is((await container.state()).id, id);
});

test.run();
