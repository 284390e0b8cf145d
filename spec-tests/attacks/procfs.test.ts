// Images and volumes that put something else where the runtime expects procfs, sysfs or the null device.
// Spec: none; docs/security.md, rules 2 to 4: T2, T3, T4, CVE-2023-27561, CVE-2023-28642, CVE-2019-16884, CVE-2019-19921,
// CVE-2019-18837, CVE-2025-52881, CVE-2025-31133

import { mkdirSync, readFileSync, rmdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { script } from "../harness/bundle.ts";
import { spec } from "../harness/suite.ts";
import { attack } from "./attack.ts";

const test = spec("attacks/procfs");

for (const name of ["proc", "sys"]) {
  attack(
    test,
    `/${name} that is a link within the image (CVE-2023-27561, CVE-2023-28642)`,
    "weak init",
    async (t) => {
      const bundle = t.bundle((config, { rootfs }) => {
        rmdirSync(join(rootfs, name));
        mkdirSync(join(rootfs, "elsewhere"));
        symlinkSync("/elsewhere", join(rootfs, name));
        script(config, "echo ran");
      });
      const { stdout } = await t.run(bundle);
      return stdout === "" ? undefined : `it ran with /${name} elsewhere`;
    },
  );
}

attack(
  test,
  "a /proc of the attacker's own: sysctls go to the kernel or nowhere (CVE-2025-52881, CVE-2019-19921)",
  "weak init",
  async (t, dir) => {
    const fake = join(dir, "fake");
    const file = join(fake, "sys", "net", "ipv4", "ip_forward");
    mkdirSync(join(file, ".."), { recursive: true });
    writeFileSync(file, "");
    const bundle = t.bundle((config) => {
      config.mounts = config.mounts.filter(({ destination }) => destination !== "/proc");
      config.mounts.unshift({
        destination: "/proc",
        type: "bind",
        source: fake,
        options: ["bind"],
      });
      config.linux.sysctl = { "net.ipv4.ip_forward": "1" };
      config.process.args = ["/bin/true"];
    });
    await t.run(bundle);
    const text = readFileSync(file, "utf8");
    return text === "" ? undefined : `the attacker's file holds ${JSON.stringify(text)}`;
  },
);

attack(
  test,
  "a /dev/null that is none does not hide a path (CVE-2025-31133)",
  "weak init",
  async (t, dir) => {
    const dev = join(dir, "dev");
    mkdirSync(dev);
    writeFileSync(join(dev, "null"), "not the null device");
    const bundle = t.bundle((config, { rootfs }) => {
      writeFileSync(join(rootfs, "masked"), "secret");
      config.mounts = config.mounts.filter(({ destination }) => !destination.startsWith("/dev"));
      config.mounts.push({ destination: "/dev", type: "bind", source: dev, options: ["bind"] });
      config.linux.maskedPaths = ["/masked"];
      script(config, "cat /masked");
    });
    const { stdout } = await t.run(bundle);
    return stdout === "" ? undefined : `/masked shows ${JSON.stringify(stdout)}`;
  },
);

test.run();
