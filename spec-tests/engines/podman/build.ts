// podman build: buildah within podman, each RUN a container of the same runtime.

import * as assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Feature } from "../feature.ts";
import type { Podman } from "./engine.ts";

const BUILD = `
FROM busybox
RUN echo one >/one
WORKDIR /place
COPY file copied
RUN cat copied /one >both && id -u >who
USER worker
RUN id -u >/tmp/who
CMD cat both who /tmp/who
`;

export const BUILDS: readonly Feature<Podman>[] = [
  {
    name: "build: each RUN is a container",
    isQuick: true,
    run: async (podman) => {
      const directory = podman.directory("build");
      writeFileSync(join(directory, "Containerfile"), BUILD);
      writeFileSync(join(directory, "file"), "two\n");
      const image = podman.name("image");
      await podman.ok("build", "--quiet", "--tag", image, directory);
      assert.equal(await podman.ok("run", "--rm", image), "two\none\n0\n1000");
      writeFileSync(join(directory, "Containerfile"), "FROM busybox\nRUN exit 7\n");
      const failed = await podman.run(["build", "--force-rm", directory]);
      assert.match(failed.stderr, /RUN exit 7.*exit status 7/);
      assert.equal(failed.code, 7);
      await podman.ok("rmi", image);
    },
  },
];
