// mounts[].uidMappings and gidMappings, with and without the option idmap.
// Spec: config.md#posix-platform-mounts

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { ask, type Stat } from "../harness/probe.ts";
import { spec } from "../harness/suite.ts";

const test = spec("config/idmapped-mounts");

const IDMAPPED = [["idmap"], []];

for (const options of IDMAPPED) {
  const what = options.length > 0 ? `with ${options}` : "without an option";
  test(`uidMappings ${what} shift the owners (config.md#mounts)`, {
    since: "1.2: idmapped mounts",
  }, async (t) => {
    const source = join(t.dir, "source");
    mkdirSync(source);
    writeFileSync(join(source, "file"), "");
    const mapping = [{ containerID: 0, hostID: 1000, size: 10 }];
    const [seen] = await ask<Stat[]>(t, ["stat", "/in/file"], (config) => {
      config.mounts.push({
        destination: "/in",
        type: "bind",
        source,
        options: ["bind", ...options],
        uidMappings: mapping,
        gidMappings: mapping,
      });
    });
    assert.is(seen!.uid, 1000);
    assert.is(seen!.gid, 1000);
  });
}

test.run();
