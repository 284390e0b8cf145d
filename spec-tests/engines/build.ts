// The build of an image by a command line that is Docker's or like it: each RUN is a container of the runtime.

import * as assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CommandLine } from "./command-line.ts";

const STEPS = `
FROM busybox
RUN echo one >/one
WORKDIR /place
COPY file copied
RUN cat copied /one >both && id -u >who
USER worker
RUN id -u >/tmp/who
CMD cat both who /tmp/who
`;

/** `failure`: what the engine says of a RUN that ends with 7. */
export async function buildSteps(engine: CommandLine, failure: RegExp): Promise<void> {
  const directory = engine.directory("build");
  const write = (text: string) => writeFileSync(join(directory, "Dockerfile"), text);
  write(STEPS);
  writeFileSync(join(directory, "file"), "two\n");
  const image = engine.name("image");
  await engine.ok("build", "--quiet", "--tag", image, directory);
  assert.equal(await engine.ok("run", "--rm", image), "two\none\n0\n1000");
  write("FROM busybox\nRUN exit 7\n");
  const failed = await engine.run(["build", "--force-rm", directory]);
  assert.match(failed.stderr, failure);
  assert.equal(failed.code, 7);
  await engine.ok("rmi", image);
}
