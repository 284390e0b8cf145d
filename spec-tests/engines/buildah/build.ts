// buildah build: each RUN is a container; and images out of working containers.

import * as assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ok } from "../command.ts";
import type { Feature } from "../feature.ts";
import type { Buildah } from "./engine.ts";

const BUILD = `
FROM busybox AS first
ARG WORD=none
ENV GREETING="good day"
RUN echo one $WORD "$GREETING" >/tmp/one
RUN --mount=type=tmpfs,target=/t --mount=type=secret,id=key --mount=type=bind,target=/context \\
  grep -c ' /t tmpfs' /proc/mounts >/tmp/mounts && cat /run/secrets/key /context/file >>/tmp/mounts
FROM busybox
WORKDIR /place
COPY file copied
COPY --from=first /tmp/one /tmp/mounts /place/
RUN --mount=type=cache,target=/cache : >/cache/kept && cat copied one mounts >all
RUN ls /sys/class/net >/place/net
USER worker
RUN id -u >/tmp/who
CMD cat all net /tmp/who
`;

export const BUILD_FEATURES: readonly Feature<Buildah>[] = [
  {
    name: "build: each RUN is a container",
    isQuick: true,
    run: async (buildah) => {
      const directory = writeContext(buildah, BUILD);
      const image = buildah.name("image");
      const secret = `id=key,src=${join(directory, "key")}`;
      const flags = [
        "--network",
        "none",
        "--secret",
        secret,
        "--build-arg",
        "WORD=word",
        "--tag",
        image,
      ];
      await buildah.ok("build", ...flags, directory);
      const container = await buildah.from("built", image);
      const output = await buildah.sh(container, [], "cd /place; cat all net /tmp/who");
      assert.equal(output, "two\none word good day\n1\nhidden\ntwo\nlo\n1000");
      await buildah.ok("rm", container);
      await buildah.ok("rmi", image);
    },
  },
  {
    name: "build: a RUN that fails, its exit code",
    isQuick: true,
    run: async (buildah) => {
      for (const [command, code, message] of [
        ["exit 7", 7, /RUN exit 7.*exit status 7/],
        ['["no-such-program"]', 1, /no-such-program.*executable file not found/],
      ] as const) {
        const directory = writeContext(buildah, `FROM busybox\nRUN true\nRUN ${command}\n`);
        const result = await buildah.run(["build", "--layers", "--force-rm", directory]);
        assert.match(result.stderr, message);
        assert.equal(result.code, code, result.stderr);
      }
    },
  },
  {
    name: "build: limits and privileges of RUN",
    isQuick: true,
    run: async (buildah) => {
      const script = [
        "cat /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null || cat /sys/fs/cgroup/memory.max",
        "ulimit -n",
        "df -k /dev/shm | awk 'NR > 1 { print $2 }'",
        "sed -n 's/^Seccomp:\\t//p' /proc/self/status",
        "grep -c ' /data ' /proc/mounts",
        "getent hosts other || grep -w other /etc/hosts",
      ].join("; ");
      const directory = writeContext(buildah, `FROM busybox\nRUN ${script}\n`);
      const flags = [
        ...["--memory", "64m", "--ulimit", "nofile=100:200", "--ulimit", "nproc=300:300"],
        ...["--shm-size", "32m", "--security-opt", "seccomp=unconfined"],
        ...["--volume", `${directory}:/data:ro`, "--add-host", "other:192.0.2.2"],
      ];
      const output = await buildah.ok("build", "--cgroupns", "private", ...flags, directory);
      assert.match(output, /^67108864\n100\n32768\n0\n1\n192\.0\.2\.2\s+other$/m);
    },
  },
  {
    name: "build: --layers uses what is there, --jobs",
    run: async (buildah) => {
      const text =
        "FROM busybox AS a\nRUN echo a >/a\nFROM busybox AS b\nRUN echo b >/b\nFROM busybox\nCOPY --from=a /a /\nCOPY --from=b /b /\nRUN cat /a /b >/c\n";
      const directory = writeContext(buildah, text);
      const build = () => buildah.ok("build", "--layers", "--jobs", "2", "--tag", image, directory);
      const image = buildah.name("layers");
      await build();
      assert.match(await build(), /Using cache/);
      await buildah.ok("rmi", image);
    },
  },
  {
    name: "commit, config, mount, copy",
    isQuick: true,
    run: async (buildah) => {
      const container = await buildah.from("one");
      const file = join(buildah.directory("files"), "file");
      writeFileSync(file, "copied\n");
      await buildah.ok("copy", container, file, "/place/file");
      await buildah.sh(container, [], "cat /place/file >/place/again");
      const root = await buildah.ok("mount", container);
      assert.equal(readFileSync(join(root, "place", "again"), "utf8"), "copied\n");
      await buildah.ok("umount", container);
      await buildah.ok("config", "--workingdir", "/place", "--env", "A=b", container);
      const image = buildah.name("image");
      await buildah.ok("commit", "--quiet", container, image);
      const second = await buildah.from("second", image);
      assert.equal(await buildah.sh(second, [], "cat again; echo $A"), "copied\nb");
      await buildah.ok("rm", second);
      await buildah.ok("rmi", image);
    },
  },
  {
    name: "build: into a directory, an archive",
    run: async (buildah) => {
      const directory = writeContext(buildah, "FROM busybox\nRUN echo made >/made\n");
      const target = join(buildah.directory("out"), "tree");
      await buildah.ok("build", "--output", `type=local,dest=${target}`, directory);
      assert.equal(readFileSync(join(target, "made"), "utf8"), "made\n");
      const container = await buildah.from("one");
      const archive = join(buildah.directory("out"), "image.tar");
      await buildah.ok("commit", "--quiet", container, `oci-archive:${archive}`);
      assert.ok(existsSync(archive));
      assert.match(await ok(["tar", "--list", "--file", archive]), /index\.json/);
    },
  },
];

/** A context with a file, a key and these instructions; its directory. */
function writeContext(buildah: Buildah, instructions: string): string {
  const directory = buildah.directory("context");
  writeFileSync(join(directory, "Containerfile"), instructions);
  writeFileSync(join(directory, "file"), "two\n");
  writeFileSync(join(directory, "key"), "hidden\n");
  return directory;
}
