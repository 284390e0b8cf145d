// linux.devices and the default devices, nodes and links; and which of them the device cgroup lets open.
// Spec: config-linux.md#devices, config-linux.md#default-devices, config-linux.md#device-whitelist

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { grant, script } from "../harness/bundle.ts";
import { succeeded } from "../harness/container.ts";
import { type Act, ask, type Stat } from "../harness/probe.ts";
import { spec } from "../harness/suite.ts";

const test = spec("config-linux/devices");

const DEFAULTS: [path: string, major: number, minor: number][] = [
  ["/dev/null", 1, 3],
  ["/dev/zero", 1, 5],
  ["/dev/full", 1, 7],
  ["/dev/random", 1, 8],
  ["/dev/urandom", 1, 9],
  ["/dev/tty", 5, 0],
];

const LINKS: [path: string, target: string][] = [
  ["/dev/fd", "/proc/self/fd"],
  ["/dev/stdin", "/proc/self/fd/0"],
  ["/dev/stdout", "/proc/self/fd/1"],
  ["/dev/stderr", "/proc/self/fd/2"],
  ["/dev/ptmx", "pts/ptmx"],
];

test("default devices: type, numbers, mode and owner (config-linux.md#default-devices)", async (t) => {
  const seen = await ask<Stat[]>(t, ["stat", ...DEFAULTS.map(([path]) => path)]);
  for (const [index, [path, major, minor]] of DEFAULTS.entries()) {
    assert.equal(seen[index], {
      path,
      type: "c",
      mode: 0o666,
      uid: 0,
      gid: 0,
      size: 0,
      major,
      minor,
    });
  }
});

test("links in /dev (runtime-linux.md#dev-symbolic-links)", async (t) => {
  const seen = await ask<Stat[]>(t, ["stat", ...LINKS.map(([path]) => path)]);
  for (const [index, [path, target]] of LINKS.entries()) {
    assert.is(seen[index]!.type, "l", path);
    assert.is(seen[index]!.target, target, path);
  }
});

test("default devices work (config-linux.md#default-devices)", async (t) => {
  const text = `for d in zero random urandom; do busybox head -c 1 /dev/$d | busybox wc -c; done
    echo > /dev/null && echo written; echo x > /dev/full || echo full; test -e /dev/pts/ptmx && echo ptmx`;
  const bundle = t.bundle((config) => script(config, text));
  assert.is(succeeded("run", await t.run(bundle)).stdout, "1\n1\n1\nwritten\nfull\nptmx\n");
});

test("without a terminal there is no /dev/console (config-linux.md#default-devices)", async (t) => {
  const [seen] = await ask<Stat[]>(t, ["stat", "/dev/console"]);
  assert.is(seen!.errno, "ENOENT");
});

test("configured devices: every type, mode and owner (config-linux.md#devices)", async (t) => {
  const seen = await ask<Stat[]>(
    t,
    ["stat", "/dev/char", "/dev/unbuffered", "/dev/block", "/dev/fifo", "/some/where/else"],
    (config) => {
      config.linux.devices = [
        { path: "/dev/char", type: "c", major: 1, minor: 11, fileMode: 0o640, uid: 7, gid: 8 },
        { path: "/dev/unbuffered", type: "u", major: 10, minor: 229, fileMode: 0o600 },
        { path: "/dev/block", type: "b", major: 7, minor: 200, fileMode: 0o606, uid: 9 },
        { path: "/dev/fifo", type: "p", fileMode: 0o622 },
        { path: "/some/where/else", type: "c", major: 1, minor: 5 },
      ];
    },
  );
  const brief = seen.map(({ type, mode, uid, gid, major, minor }) => [
    type,
    mode,
    uid,
    gid,
    major,
    minor,
  ]);
  assert.equal(brief, [
    ["c", 0o640, 7, 8, 1, 11],
    ["c", 0o600, 0, 0, 10, 229],
    ["b", 0o606, 9, 0, 7, 200],
    ["p", 0o622, 0, 0, 0, 0],
    ["c", 0o666, 0, 0, 1, 5],
  ]);
});

test("a configured device may replace a default one's mode (config-linux.md#devices)", async (t) => {
  const [seen] = await ask<Stat[]>(t, ["stat", "/dev/full"], (config) => {
    config.linux.devices = [
      { path: "/dev/full", type: "c", major: 1, minor: 7, fileMode: 0o600, gid: 3 },
    ];
  });
  assert.is(seen!.mode, 0o600);
  assert.is(seen!.gid, 3);
});

test("a file that is no such device is an error, and stays (config-linux.md#devices)", {
  deviates: "1.5 takes what is there",
}, async (t) => {
  const bundle = t.bundle((config, { rootfs }) => {
    writeFileSync(join(rootfs, "odd"), "mine\n");
    config.linux.devices = [{ path: "/odd", type: "c", major: 1, minor: 3 }];
  });
  const { code, stderr } = await t.run(bundle);
  assert.is(code, 1);
  assert.match(stderr, /devices.*odd/);
  assert.is(readFileSync(join(bundle.rootfs, "odd"), "utf8"), "mine\n");
});

test("fileMode is not subject to umask (config-linux.md#devices)", async (t) => {
  const [seen] = await ask<Stat[]>(t, ["stat", "/dev/wide"], (config) => {
    config.process.user.umask = 0o077;
    config.linux.devices = [{ path: "/dev/wide", type: "c", major: 1, minor: 5, fileMode: 0o777 }];
  });
  assert.is(seen!.mode, 0o777);
});

const KMSG = { path: "/dev/kmsg", type: "c", major: 1, minor: 11, fileMode: 0o666 };

/** Rules after "deny all" -> how opening /dev/kmsg that way ends. */
const RULES: [
  what: string,
  rules: Record<string, unknown>[],
  how: string,
  errno: string | undefined,
][] = [
  ["nothing allowed: refused", [], "r", "EPERM"],
  [
    "read allowed: may read",
    [{ allow: true, type: "c", major: 1, minor: 11, access: "r" }],
    "r",
    undefined,
  ],
  [
    "read allowed: may not write",
    [{ allow: true, type: "c", major: 1, minor: 11, access: "r" }],
    "w",
    "EPERM",
  ],
  [
    "write allowed: may write",
    [{ allow: true, type: "c", major: 1, minor: 11, access: "rw" }],
    "w",
    undefined,
  ],
  ["any minor", [{ allow: true, type: "c", major: 1, access: "rwm" }], "r", undefined],
  ["any major", [{ allow: true, type: "c", minor: 11, access: "rwm" }], "r", undefined],
  ["a whole type", [{ allow: true, type: "c", access: "rwm" }], "r", undefined],
  ["another type", [{ allow: true, type: "b", major: 1, minor: 11, access: "rwm" }], "r", "EPERM"],
  ["everything allowed", [{ allow: true, access: "rwm" }], "rw", undefined],
  [
    "allowed, then denied",
    [
      { allow: true, type: "c", major: 1, minor: 11, access: "rwm" },
      { allow: false, type: "c", major: 1, minor: 11, access: "rwm" },
    ],
    "r",
    "EPERM",
  ],
  [
    "everything allowed, then one denied",
    [
      { allow: true, access: "rwm" },
      { allow: false, type: "c", major: 1, minor: 11, access: "r" },
    ],
    "r",
    "EPERM",
  ],
];

const NEEDS = { needs: ["devices controller"] };

for (const [what, rules, how, errno] of RULES) {
  test(`device rules: ${what} (config-linux.md#device-whitelist)`, NEEDS, async (t) => {
    const act = await ask<Act>(t, ["open", "/dev/kmsg", how], (config) => {
      config.linux.devices = [KMSG];
      const deny = { allow: false, access: "rwm" };
      config.linux.resources = { devices: [deny, ...rules] };
      grant(config, "CAP_SYSLOG", "CAP_SYS_ADMIN");
    });
    assert.is(act.errno, errno);
  });
}

test(
  "no rules: default devices open, others do not (config-linux.md#device-whitelist)",
  NEEDS,
  async (t) => {
    const edit = (config: Parameters<NonNullable<Parameters<typeof ask>[2]>>[0]) => {
      config.linux.devices = [KMSG];
      delete config.linux.resources;
      grant(config, "CAP_SYSLOG", "CAP_SYS_ADMIN");
    };
    assert.ok((await ask<Act>(t, ["open", "/dev/null", "rw"], edit)).ret >= 0);
  },
);

test(
  "mknod is allowed to who has the capability, opening is another matter (config-linux.md#device-whitelist)",
  NEEDS,
  async (t) => {
    const bundle = t.bundle((config) => {
      grant(config, "CAP_MKNOD");
      script(config, "probe mknod /dev/mem c 1 1; probe open /dev/mem r");
    });
    const [made, opened] = succeeded("run", await t.run(bundle))
      .stdout.trim()
      .split("\n");
    assert.is((JSON.parse(made!) as Act).ret, 0);
    assert.is((JSON.parse(opened!) as Act).errno, "EPERM");
  },
);

test(
  "pseudo terminals can be made in spite of the rules (config-linux.md#device-whitelist)",
  NEEDS,
  async (t) => {
    assert.ok((await ask<Act>(t, ["open", "/dev/ptmx", "rw"])).ret >= 0);
  },
);

test.run();
