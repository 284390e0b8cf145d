// features: what it names is tried, and it names nothing that the specification does not.
// Spec: features.md, features-linux.md

import * as assert from "uvu/assert";
import { args, script } from "../harness/bundle.ts";
import { succeeded } from "../harness/container.ts";
import type { Sandbox } from "../harness/sandbox.ts";
import { spec } from "../harness/suite.ts";
import type { CapabilitySet } from "../harness/types.ts";

const test = spec("features/promises");

const OWN = { since: "1.2: all of it" };

/** Every property of features.md and features-linux.md, one below the other. */
const PROPERTIES = new Set([
  ...["ociVersionMin", "ociVersionMax", "hooks", "mountOptions", "linux", "annotations"],
  "potentiallyUnsafeConfigAnnotations",
  ...["linux/namespaces", "linux/capabilities", "linux/cgroup", "linux/seccomp"],
  ...["v1", "v2", "systemd", "systemdUser", "rdma"].map((name) => `linux/cgroup/${name}`),
  ...["enabled", "actions", "operators", "archs", "knownFlags", "supportedFlags"].map(
    (name) => `linux/seccomp/${name}`,
  ),
  ...["linux/apparmor", "linux/apparmor/enabled", "linux/selinux", "linux/selinux/enabled"],
  ...["linux/mountExtensions", "linux/mountExtensions/idmap"],
  ...["linux/mountExtensions/idmap/enabled", "linux/netDevices", "linux/netDevices/enabled"],
  ...["linux/intelRdt", "linux/intelRdt/enabled", "linux/intelRdt/schemata"],
  ...["linux/intelRdt/monitoring", "linux/memoryPolicy", "linux/memoryPolicy/modes"],
  "linux/memoryPolicy/flags",
]);

interface Features {
  readonly ociVersionMin: string;
  readonly ociVersionMax: string;
  readonly annotations?: Record<string, string>;
  readonly linux: {
    readonly capabilities: string[];
    readonly seccomp: Record<"actions" | "operators" | "archs" | "supportedFlags", string[]>;
  };
}

async function features(t: Sandbox): Promise<Features> {
  return JSON.parse(succeeded("features", await t.runtime(["features"])).stdout) as Features;
}

test(
  "every property is one of the specification's, none is null (features.md#features-structure)",
  OWN,
  async (t) => {
    const walk = (value: object, at: string): void => {
      for (const [name, item] of Object.entries(value)) {
        assert.ok(PROPERTIES.has(at + name), `${at}${name} is none of the specification's`);
        assert.ok(item !== null, `${at}${name} is null`);
        if (at + name === "annotations") {
          for (const text of Object.values(item as object)) assert.type(text, "string");
        } else if (typeof item === "object" && !Array.isArray(item)) walk(item, `${at}${name}/`);
      }
    };
    walk(await features(t), "");
  },
);

test("the versions that it names are taken (features.md#specification-version)", async (t) => {
  const { ociVersionMin, ociVersionMax } = await features(t);
  for (const version of [ociVersionMin, ociVersionMax.replace(/[-+].*/, "")]) {
    const bundle = t.bundle((config) => {
      config.ociVersion = version;
      script(config, "echo taken");
    });
    assert.is(succeeded(version, await t.run(bundle)).stdout, "taken\n");
  }
  assert.ok(ociVersionMin.localeCompare(ociVersionMax, "en", { numeric: true }) <= 0);
});

/** The machine may withhold some from root, which then has none to give. */
const WITHHELD = /^trunc: warning: .*: ignored [A-Z_, ]+: this runtime has not got them itself\n$/;

test("every capability that it names is taken, without a warning (features-linux.md#capabilities)", async (t) => {
  const { linux } = await features(t);
  const sets: Partial<Record<CapabilitySet, string[]>> = {};
  // those that root has not are no part of a smaller set
  for (const set of ["inheritable", "ambient"] as const) sets[set] = [];
  sets.bounding = linux.capabilities;
  const bundle = t.bundle((config) => {
    config.process.capabilities = sets;
    script(config, "echo taken");
  });
  const result = succeeded("run", await t.run(bundle));
  assert.is(result.stdout, "taken\n");
  assert.is(result.stderr.replace(WITHHELD, ""), "");
});

test("every seccomp word that it names is taken (features-linux.md#seccomp)", {
  deviates: "names architectures that its libseccomp does not know",
}, async (t) => {
  const { actions, operators, archs, supportedFlags } = (await features(t)).linux.seccomp;
  const names = ["getpriority"];
  const bundle = t.bundle((config) => {
    config.linux.seccomp = {
      defaultAction: "SCMP_ACT_ALLOW",
      architectures: archs,
      flags: supportedFlags.filter((flag) => flag !== "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"),
      syscalls: [
        // what hands calls to a listener needs one
        ...actions
          .filter((action) => action !== "SCMP_ACT_NOTIFY")
          .map((action, value) => ({
            names,
            action,
            args: [{ index: 1, value: value + 10, op: "SCMP_CMP_EQ" }],
          })),
        ...operators.map((op, value) => ({
          names,
          action: "SCMP_ACT_LOG",
          args: [{ index: 2, value: value + 100, valueTwo: value + 100, op }],
        })),
      ],
    };
    args(config, "syscall", "39");
  });
  succeeded("run", await t.run(bundle));
});

test.run();
