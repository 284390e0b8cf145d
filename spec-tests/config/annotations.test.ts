// annotations: carried to state unchanged, never a reason to fail.
// Spec: config.md#annotations

import * as assert from "uvu/assert";
import { spec } from "../harness/suite.ts";

const test = spec("config/annotations");

test("annotations appear in state as they are (config.md#annotations)", async (t) => {
  const annotations = {
    "org.example.key": "value",
    "org.example.empty": "",
    "org.example.odd": 'quotes " and \n lines, ü, 10%',
    "org.opencontainers.image.os": "of no value that there is",
    "org.opencontainers.image.stopSignal": "SIGNONE",
    "org.opencontainers.reserved": "",
    unknown: "kept",
    constructor: "not a property of objects",
  };
  const bundle = t.bundle((config) => {
    config.annotations = annotations;
  });
  const container = await t.create(bundle);
  const { annotations: seen } = await container.state();
  assert.equal({ ...seen }, annotations);
});

test("no annotations: absent or empty in state (runtime.md#state)", async (t) => {
  const container = await t.create(t.bundle());
  assert.equal((await container.state()).annotations ?? {}, {});
});

test.run();
