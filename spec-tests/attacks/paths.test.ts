// Images whose links lead to the host, standing still or swapped by somebody who shares the root file system.
// Spec: none; docs/security.md, rule 1: T1, CVE-2021-30465, CVE-2024-45310, CVE-2026-41579, CVE-2026-47766, CVE-2025-24965

import { mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { probePath } from "../harness/build.ts";
import type { Edit } from "../harness/bundle.ts";
import { spec } from "../harness/suite.ts";
import type { Config } from "../harness/types.ts";
import { attack, changed, hostTarget } from "./attack.ts";

const test = spec("attacks/paths");

attack(
  test,
  "/dev that is a link to the host's (CVE-2026-41579, CVE-2026-47766)",
  "weak init",
  async (t, dir) => {
    const host = hostTarget(dir);
    const bundle = t.bundle((config, { rootfs }) => {
      rmSync(join(rootfs, "dev"), { recursive: true });
      symlinkSync(host, join(rootfs, "dev"));
      config.mounts = config.mounts.filter(({ destination }) => !destination.startsWith("/dev"));
      config.process.args = ["/bin/true"];
    });
    await t.run(bundle);
    return changed(host);
  },
);

/** What a config can have made beneath `/way`, one operation of the runtime's each. */
const OPERATIONS: [name: string, edit: (config: Config) => void][] = [
  [
    "a mountpoint",
    (config) => config.mounts.push({ destination: "/way/made", type: "tmpfs", source: "t" }),
  ],
  [
    "a mountpoint deeper down",
    (config) => config.mounts.push({ destination: "/way/made/deep", type: "tmpfs", source: "t" }),
  ],
  [
    "a file to bind on",
    (config) =>
      config.mounts.push({
        destination: "/way/made",
        type: "bind",
        source: "/etc/hostname",
        options: ["bind"],
      }),
  ],
  [
    "a device",
    (config) =>
      Object.assign(config.linux, {
        devices: [{ path: "/way/made", type: "c", major: 1, minor: 3 }],
      }),
  ],
];

const harmless: Edit = (config) => {
  config.process.args = ["/bin/true"];
};

attack(
  test,
  "a file to bind on that is a link to where the host has none (CVE-2024-45310)",
  "weak init",
  async (t, dir) => {
    const host = hostTarget(dir);
    const bundle = t.bundle((config, { rootfs }) => {
      symlinkSync(join(host, "made"), join(rootfs, "way"));
      const bind = { type: "bind", source: "/etc/hostname", options: ["bind"] };
      config.mounts.push({ destination: "/way", ...bind });
      config.process.args = ["/bin/true"];
    });
    await t.run(bundle);
    return changed(host);
  },
);

for (const [name, edit] of OPERATIONS) {
  attack(
    test,
    `${name} beneath a link to the host's (CVE-2024-45310)`,
    "weak init",
    async (t, dir) => {
      const host = hostTarget(dir);
      const bundle = t.bundle((config, made) => {
        symlinkSync(host, join(made.rootfs, "way"));
        harmless(config, made);
        edit(config);
      });
      await t.run(bundle);
      return changed(host);
    },
  );

  attack(
    test,
    `${name} while the directory is swapped for such a link (CVE-2021-30465)`,
    "weak init",
    async (t, dir) => {
      const host = hostTarget(dir);
      const bundle = t.bundle((config, made) => {
        mkdirSync(join(made.rootfs, "way"));
        symlinkSync(host, join(made.rootfs, "link"));
        harmless(config, made);
        edit(config);
      });
      const ways = ["way", "link"].map((part) => join(bundle.rootfs, part));
      const swap = t.startHelper(probePath(), ["swap", ...ways], { stdin: "open" });
      await swap.sees("swapping");
      let got: string | undefined;
      for (let round = 0; round < 40 && got === undefined; round++) {
        await t.run(bundle);
        got = changed(host);
      }
      swap.end();
      await swap.exited;
      return got;
    },
  );
}

test.run();
