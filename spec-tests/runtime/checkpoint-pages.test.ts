// checkpoint and restore: where memory goes to and comes from: page servers, on demand, once only.
// Spec: runtime.md#operations

import { mkdirSync, readdirSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { stateOf, succeeded } from "../harness/container.ts";
import {
  CRIU_TIMEOUT_MS,
  checkpoint,
  counterOf,
  counting,
  done,
  paths,
  quietly,
  restore,
  startQuietly,
  WITH_CRIU,
} from "../harness/criu.ts";
import type { Sandbox } from "../harness/sandbox.ts";
import { spec } from "../harness/suite.ts";

const test = spec("runtime/checkpoint-pages");

/** A TCP port of the loopback device that nobody has. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

/** A criu that serves, beside the test; it ends by itself. */
async function serving(t: Sandbox, ...words: string[]) {
  const log = ["--log-file", `${t.id()}.log`, "-v4"];
  const call = t.startHelper("criu", [...words, ...log, "--status-fd", "1"], {
    env: { PATH: process.env.PATH ?? "/usr/sbin:/usr/bin:/sbin:/bin" },
    timeoutMs: CRIU_TIMEOUT_MS,
  });
  await call.sees("\0");
  return call;
}

/** Bytes of memory in the images, as the disk has them: holes are none. */
function storedIn(images: string): number {
  const pages = readdirSync(images).filter((name) => /^pages-\d+\.img$/.test(name));
  return pages.reduce((sum, name) => sum + statSync(join(images, name)).blocks * 512, 0);
}

test(
  "--page-server: memory goes to another process, all else into the images (runtime.md#operations)",
  WITH_CRIU,
  async (t) => {
    const counter = await counting(t);
    const port = await freePort();
    const other = join(t.dir, "elsewhere");
    mkdirSync(other);
    const address = ["--address", "127.0.0.1", "--port", String(port)];
    const server = await serving(t, "page-server", "--images-dir", other, ...address);
    await checkpoint(t, counter, "--page-server", `127.0.0.1:${port}`);
    succeeded("page-server", await server.closed);
    assert.is(storedIn(counter.images), 0);
    assert.ok(storedIn(other) > 0);
    succeeded("cp", await t.startHelper("cp", ["-rT", other, counter.images]).closed);
    await restore(t, counter);
    await counter.grows();
  },
);

test("--lazy-pages: it goes on before its memory is there (runtime.md#operations)", {
  ...WITH_CRIU,
  needs: ["criu", "criu lazy pages"],
}, async (t) => {
  const counter = await counting(t);
  const port = String(await freePort());
  const away = ["--lazy-pages", "--page-server", `127.0.0.1:${port}`, "--status-fd", "1"];
  const words = ["checkpoint", ...paths(counter), ...away, counter.id];
  const dump = startQuietly(t, words, "</dev/null 2>/dev/null | cat");
  await dump.sees("\0");

  const work = `${counter.images}-work`;
  const where = ["--images-dir", counter.images, "--work-dir", work];
  const fetch = ["--page-server", "--address", "127.0.0.1", "--port", port];
  const daemon = await serving(t, "lazy-pages", ...where, ...fetch);
  // the first is there until its memory is fetched
  const second = counterOf(t, t.id(), counter.bundle);
  const images = ["--bundle", counter.bundle.dir, ...paths(counter)];
  await done(t, ["restore", "--detach", ...images, "--lazy-pages", second.id]);
  await second.grows();
  succeeded("lazy-pages", await daemon.closed);
  succeeded("checkpoint", await dump.closed);
  assert.match((await t.runtime(["state", counter.id])).stderr, "does not exist");
  await second.grows();
});

test("--auto-dedup: what is written anew is taken out of the pre-dump, and what is restored out of both (runtime.md#operations)", {
  ...WITH_CRIU,
  needs: ["criu", "criu mem_dirty_track"],
}, async (t) => {
  const counter = await counting(t);
  const first = { images: join(t.dir, "first") };
  const second = { images: join(t.dir, "second") };
  const preDump = async (into: { images: string }, ...flags: string[]) => {
    const before = ["checkpoint", "--pre-dump", ...paths(into), ...flags, counter.id];
    succeeded("pre-dump", await quietly(t, before));
    await counter.grows();
  };
  await preDump(first);
  const whole = storedIn(first.images);
  await preDump(second, "--parent-path", "../first", "--auto-dedup");
  const deduplicated = storedIn(first.images);
  assert.ok(deduplicated < whole, `${deduplicated} of ${whole}`);
  await checkpoint(t, counter, "--parent-path", "../second", "--auto-dedup");
  assert.ok(storedIn(first.images) <= deduplicated);
  await restore(t, counter, "--auto-dedup");
  await counter.grows();
  assert.is((await stateOf(t, counter.id)).status, "running");
  assert.is(storedIn(counter.images), 0);
});

test.run();
