// Names that are no UTF-8: JSON can't hold them, so they are refused where they would have to be said, and only there.
// Spec: config.md (encoding), bundle.md#container-format

import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { script } from "../harness/bundle.ts";
import type { Result } from "../harness/call.ts";
import { succeeded } from "../harness/container.ts";
import { runtimePath } from "../harness/runtime.ts";
import type { Sandbox } from "../harness/sandbox.ts";
import { spec } from "../harness/suite.ts";

const test = spec("odd-bundles/names");

const REFUSES = { deviates: "mangles such names and fails at the mount" };

/** Node passes on texts only; `$odd` is the name. */
function shell(t: Sandbox, text: string): Promise<Result> {
  const variables = `odd=$(printf 'b\\377\\376x'); runtime='${runtimePath()} --root ${t.stateRoot}'`;
  return t.startHelper("bash", ["-c", `cd '${t.dir}' && ${variables}; ${text}`]).closed;
}

for (const [what, command] of [
  ["--bundle", '$runtime run --bundle "$PWD/$odd" ID'],
  ["the working directory", 'cd "$odd" && $runtime run ID'],
  ["a link to it", 'ln -s "$odd" link && $runtime run --bundle link ID'],
] as const) {
  test(
    `a bundle whose name is no UTF-8, as ${what}: one clear error (bundle.md#container-format)`,
    REFUSES,
    async (t) => {
      const bundle = t.bundle();
      const line = command.replace("ID", t.id());
      const { code, stderr } = await shell(t, `mv '${bundle.dir}' "$odd" && ${line}`);
      assert.is(code, 1);
      assert.match(stderr, /^trunc: .*is not UTF-8\n$/);
    },
  );
}

test("a config.json that is no UTF-8: one clear error (config.md)", REFUSES, async (t) => {
  const bundle = t.bundle((config) => script(config, "echo h@i"));
  const path = join(bundle.dir, "config.json");
  const bytes = readFileSync(path);
  bytes[bytes.indexOf("@")] = 0xff;
  writeFileSync(path, bytes);
  const { code, stderr } = await t.run(bundle);
  assert.is(code, 1);
  assert.match(stderr, /config\.json.*UTF-8/);
});

test("names of the image and of what is mounted need be no UTF-8 (config.md#mounts)", async (t) => {
  const bundle = t.bundle((config, { dir, rootfs }) => {
    const odd = "odd=$(printf 'b\\377\\376x')";
    const make = `cd '${rootfs}' && mkdir "$odd" && rm -r var && ln -s "$odd" var && mkdir '${dir}/data' && touch "${dir}/data/$odd"`;
    execFileSync("bash", ["-c", `${odd}; ${make}`]);
    const options = ["bind"];
    config.mounts.push({
      destination: "/var/data",
      type: "bind",
      source: join(dir, "data"),
      options,
    });
    script(config, "ls -d /b*/data/b* | wc -l");
  });
  assert.is(succeeded("run", await t.run(bundle)).stdout, "1\n");
});

test.run();
