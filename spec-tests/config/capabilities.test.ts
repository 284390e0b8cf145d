// process.capabilities: the five sets, as the program finds them after execve.
// Spec: config.md#linux-process

import * as assert from "uvu/assert";
import { args, grant } from "../harness/bundle.ts";
import { succeeded } from "../harness/container.ts";
import { type Info, info, parse } from "../harness/probe.ts";
import { spec } from "../harness/suite.ts";
import type { CapabilitySet, Config } from "../harness/types.ts";

const CHOWN = 0;
const KILL = 5;
const NET_RAW = 13;
const SYS_RESOURCE = 24;

const NAMES = new Map([
  [CHOWN, "CAP_CHOWN"],
  [KILL, "CAP_KILL"],
  [NET_RAW, "CAP_NET_RAW"],
]);

type Sets = Partial<Record<CapabilitySet, number[]>>;

interface Case {
  readonly what: string;
  readonly uid: number;
  /** noNewPrivileges off. */
  readonly mayGain?: boolean;
  readonly given: Sets;
  readonly seen: Sets;
}

// The kernel's rule for execve decides what is left: root gets inheritable | bounding, others ambient.
const CASES: Case[] = [
  {
    what: "root has its bounding set",
    uid: 0,
    given: { bounding: [CHOWN, KILL], permitted: [CHOWN, KILL], effective: [CHOWN, KILL] },
    seen: {
      bounding: [CHOWN, KILL],
      permitted: [CHOWN, KILL],
      effective: [CHOWN, KILL],
      inheritable: [],
      ambient: [],
    },
  },
  {
    what: "a smaller permitted set does not survive execve of root",
    uid: 0,
    mayGain: true,
    given: { bounding: [CHOWN, KILL], permitted: [KILL], effective: [KILL] },
    seen: { permitted: [CHOWN, KILL] },
  },
  {
    what: "a smaller permitted set of root stays small with noNewPrivileges",
    uid: 0,
    given: { bounding: [CHOWN, KILL], permitted: [KILL], effective: [KILL] },
    seen: { bounding: [CHOWN, KILL], permitted: [KILL], effective: [KILL] },
  },
  {
    what: "empty sets leave nothing",
    uid: 0,
    given: { bounding: [], permitted: [], effective: [], inheritable: [], ambient: [] },
    seen: { bounding: [], permitted: [], effective: [], inheritable: [], ambient: [] },
  },
  {
    what: "another user has none without ambient ones",
    uid: 1000,
    given: { bounding: [CHOWN, KILL], permitted: [CHOWN], effective: [CHOWN] },
    seen: { bounding: [CHOWN, KILL], permitted: [], effective: [] },
  },
  {
    what: "inheritable survives execve of another user",
    uid: 1000,
    given: { bounding: [CHOWN, KILL], permitted: [CHOWN, KILL], inheritable: [KILL] },
    seen: { inheritable: [KILL], permitted: [] },
  },
  {
    what: "ambient ones become permitted and effective of another user",
    uid: 1000,
    given: {
      bounding: [CHOWN, NET_RAW],
      permitted: [CHOWN, NET_RAW],
      effective: [CHOWN, NET_RAW],
      inheritable: [NET_RAW],
      ambient: [NET_RAW],
    },
    seen: {
      permitted: [NET_RAW],
      effective: [NET_RAW],
      inheritable: [NET_RAW],
      ambient: [NET_RAW],
      bounding: [CHOWN, NET_RAW],
    },
  },
];

const test = spec("config/capabilities");

for (const { what, uid, mayGain, given, seen: expected } of CASES) {
  test(`${what} (config.md#linux-process)`, async (t) => {
    const { capabilities } = await info(t, (config) => {
      config.process.user.uid = uid;
      config.process.noNewPrivileges = !mayGain;
      setCapabilities(config, given);
    });
    for (const [set, bits] of Object.entries(expected)) {
      assert.equal(capabilities[set as CapabilitySet], bits, set);
    }
  });
}

const KEEPS = { deviates: "1.5 leaves the runtime's own capabilities" };

test("without capabilities the process has none (config.md#linux-process)", KEEPS, async (t) => {
  const { capabilities } = await info(t, (config) => {
    delete config.process.capabilities;
  });
  const nothing = { bounding: [], effective: [], permitted: [], inheritable: [], ambient: [] };
  assert.equal(capabilities, nothing);
});

test("an unknown name does not stop the container (config.md#linux-process)", async (t) => {
  const bundle = t.bundle((config) => grant(config, "CAP_NOT_IN_THIS_KERNEL"));
  const { stderr } = succeeded("run", await t.run(bundle));
  assert.match(stderr, /warn.*CAP_NOT_IN_THIS_KERNEL/);
});

test("one that the runtime has not is left out, with a warning (config.md#linux-process)", {
  needs: ["no CAP_SYS_RESOURCE"],
  deviates: "an error",
}, async (t) => {
  const bundle = t.bundle((config) => {
    grant(config, "CAP_SYS_RESOURCE", "CAP_NET_RAW");
    args(config, "info");
  });
  const { stdout, stderr } = succeeded("run", await t.run(bundle));
  assert.match(stderr, /warning: \/process\/capabilities: ignored CAP_SYS_RESOURCE: this runtime/);
  const { capabilities } = parse<Info>(stdout);
  assert.ok(capabilities.permitted.includes(NET_RAW));
  assert.not.ok(capabilities.bounding.includes(SYS_RESOURCE));
});

test("a bounding capability that is left out can't come back (config.md#linux-process)", async (t) => {
  const { capabilities } = await info(t);
  assert.not.ok(capabilities.bounding.includes(NET_RAW));
  assert.not.ok(capabilities.permitted.includes(NET_RAW));
});

function setCapabilities(config: Config, sets: Sets): void {
  config.process.capabilities = {};
  for (const [set, bits] of Object.entries(sets)) {
    config.process.capabilities[set as CapabilitySet] = bits.map((bit) => NAMES.get(bit)!);
  }
}

test.run();
