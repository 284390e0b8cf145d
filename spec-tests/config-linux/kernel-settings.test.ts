// linux.sysctl, personality, memoryPolicy, intelRdt, netDevices: settings of the kernel around the process.
// Spec: config-linux.md#sysctl, #personality, #memory-policy, #intelrdt, #network-devices

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import * as assert from "uvu/assert";
import { script, share } from "../harness/bundle.ts";
import { succeeded } from "../harness/container.ts";
import { interfaceType } from "../harness/needs.ts";
import { info } from "../harness/probe.ts";
import type { Sandbox } from "../harness/sandbox.ts";
import { spec } from "../harness/suite.ts";

const test = spec("config-linux/kernel-settings");

const SYSCTLS: [name: string, value: string, namespace: string][] = [
  ["net.ipv4.ip_forward", "1", "network"],
  ["net.ipv4.ping_group_range", "0 100", "network"],
  ["net/ipv4/ip_unprivileged_port_start", "80", "network"],
  ["kernel.msgmax", "4096", "ipc"],
  ["kernel.shm_rmid_forced", "1", "ipc"],
  ["fs.mqueue.queues_max", "99", "ipc"],
];

for (const [name, value] of SYSCTLS) {
  test(`sysctl ${name} is set inside and not outside (config-linux.md#sysctl)`, async (t) => {
    const path = `/proc/sys/${name.replaceAll(".", "/")}`;
    const before = readFileSync(path, "utf8");
    const bundle = t.bundle((config) => {
      config.linux.sysctl = { [name]: value };
      script(config, `cat ${path}`);
    });
    const { stdout } = succeeded("run", await t.run(bundle));
    assert.is(stdout.trim().replace(/\s+/g, " "), value);
    assert.is(readFileSync(path, "utf8"), before);
  });
}

for (const [name, value, namespace] of SYSCTLS.slice(2, 5)) {
  test(`sysctl ${name} without its ${namespace} namespace is refused (config-linux.md#sysctl)`, async (t) => {
    const path = `/proc/sys/${name.replaceAll(".", "/")}`;
    const before = readFileSync(path, "utf8");
    const bundle = t.bundle((config) => {
      config.linux.sysctl = { [name]: value };
      share(config, namespace);
    });
    const result = await t.run(bundle);
    assert.is(result.code, 1);
    assert.match(result.stderr, /sysctl/);
    assert.is(readFileSync(path, "utf8"), before);
  });
}

for (const name of ["vm.swappiness", "kernel.pid_max", "kernel.core_pattern", "fs.file-max"]) {
  test(`sysctl ${name}, the whole machine's, is refused (config-linux.md#sysctl)`, async (t) => {
    const path = `/proc/sys/${name.replaceAll(".", "/")}`;
    const before = readFileSync(path, "utf8");
    const bundle = t.bundle((config) => {
      config.linux.sysctl = { [name]: before.trim() };
    });
    const result = await t.run(bundle);
    assert.is(result.code, 1);
    assert.match(result.stderr, new RegExp(name.replace(".", "[./]")));
    assert.is(readFileSync(path, "utf8"), before);
  });
}

test("sysctl holds although /proc/sys is read-only in the end (config-linux.md#sysctl)", async (t) => {
  const bundle = t.bundle((config) => {
    config.linux.sysctl = { "net.ipv4.ip_forward": "1" };
    config.linux.readonlyPaths = ["/proc/sys"];
    script(config, "cat /proc/sys/net/ipv4/ip_forward");
  });
  assert.is(succeeded("run", await t.run(bundle)).stdout, "1\n");
});

const PERSONALITY = { needs: ["x86-64"], since: "1.2: personality" };

test("personality LINUX32 (config-linux.md#personality)", PERSONALITY, async (t) => {
  const seen = await info(t, (config) => {
    config.linux.personality = { domain: "LINUX32" };
  });
  assert.is(seen.machine, "i686");
  assert.is(seen.personality, 8);
});

test("personality LINUX (config-linux.md#personality)", PERSONALITY, async (t) => {
  const seen = await info(t, (config) => {
    config.linux.personality = { domain: "LINUX" };
  });
  assert.is(seen.machine, "x86_64");
  assert.is(seen.personality, 0);
});

test("personality: flags by the kernel's names (config-linux.md#personality)", {
  deviates: "warns and ignores them",
}, async (t) => {
  const { personality } = await info(t, (config) => {
    const flags = ["ADDR_NO_RANDOMIZE", "ADDR_COMPAT_LAYOUT"];
    config.linux.personality = { domain: "LINUX", flags };
  });
  assert.is(personality, 0x0240000);
});

test("personality: a flag that there is not is an error (config-linux.md#personality)", {
  deviates: "warns and ignores it",
}, async (t) => {
  const bundle = t.bundle((config) => {
    config.linux.personality = { domain: "LINUX", flags: ["ADDR_BANANA"] };
  });
  const { code, stderr } = await t.run(bundle);
  assert.is(code, 1);
  assert.match(stderr, /\/linux\/personality\/flags\/0: "ADDR_BANANA" is not one of/);
});

const POLICIES: [mode: string, number: number, nodes?: string][] = [
  ["MPOL_BIND", 2, "0"],
  ["MPOL_INTERLEAVE", 3, "0"],
  ["MPOL_PREFERRED", 1, "0"],
  ["MPOL_DEFAULT", 0],
];

for (const [mode, number, nodes] of POLICIES) {
  const options = { needs: ["NUMA"], since: "1.4: memoryPolicy" };
  test(`memoryPolicy ${mode} (config-linux.md#memory-policy)`, options, async (t) => {
    const { memoryPolicy } = await info(t, (config) => {
      config.linux.memoryPolicy = nodes === undefined ? { mode } : { mode, nodes };
    });
    assert.is(memoryPolicy.mode, number);
    assert.is(memoryPolicy.nodes, nodes === undefined ? 0 : 1);
  });
}

test("memoryPolicy with a flag (config-linux.md#memory-policy)", {
  needs: ["NUMA"],
  since: "1.4: memoryPolicy",
}, async (t) => {
  const { memoryPolicy } = await info(t, (config) => {
    config.linux.memoryPolicy = { mode: "MPOL_BIND", nodes: "0", flags: ["MPOL_F_STATIC_NODES"] };
  });
  assert.is(memoryPolicy.mode, 2 | (1 << 15));
});

test("intelRdt where there is none is an error that says so (config-linux.md#intelrdt)", {
  needs: ["no resctrl"],
}, async (t) => {
  const bundle = t.bundle((config) => {
    config.linux.intelRdt = { closID: t.token, l3CacheSchema: "L3:0=f" };
  });
  const result = await t.run(bundle);
  assert.is(result.code, 1);
  assert.match(result.stderr, /intel ?rdt|resctrl/i);
});

const NET = { needs: ["ip command", "movable interface"], since: "1.4: netDevices" };

/** An interface of the host, named after this process: at most 15 bytes. */
function makeInterface(t: Sandbox): string {
  const name = `sp${process.pid}`;
  assert.is(spawnSync("ip", ["link", "add", name, "type", interfaceType()!]).status, 0);
  t.defer(() => spawnSync("ip", ["link", "del", name]));
  return name;
}

test(
  "netDevices moves an interface, with its address, and renames it (config-linux.md#network-devices)",
  NET,
  async (t) => {
    const name = makeInterface(t);
    spawnSync("ip", ["addr", "add", "10.9.8.7/24", "dev", name]);
    const bundle = t.bundle((config) => {
      config.linux.netDevices = { [name]: { name: "inside0" } };
      script(config, "busybox ip addr show inside0");
    });
    assert.match(succeeded("run", await t.run(bundle)).stdout, /inside0[\s\S]*10\.9\.8\.7\/24/);
  },
);

test("netDevices without a name keeps it (config-linux.md#network-devices)", NET, async (t) => {
  const name = makeInterface(t);
  const bundle = t.bundle((config) => {
    config.linux.netDevices = { [name]: {} };
    script(config, `busybox ip link show ${name}`);
  });
  assert.match(succeeded("run", await t.run(bundle)).stdout, new RegExp(name));
});

test(
  "netDevices that is missing is an error that names it (config-linux.md#network-devices)",
  NET,
  async (t) => {
    const bundle = t.bundle((config) => {
      config.linux.netDevices = { nonesuch0: {} };
    });
    const result = await t.run(bundle);
    assert.is(result.code, 1);
    assert.match(result.stderr, /nonesuch0/);
  },
);

test(
  "netDevices: up at the end, all addresses kept, gone with the container's namespace (config-linux.md#network-devices)",
  NET,
  async (t) => {
    const name = makeInterface(t);
    for (const address of ["10.9.8.7/24", "10.9.9.7/32"])
      spawnSync("ip", ["addr", "add", address, "dev", name]);
    spawnSync("ip", ["link", "set", name, "mtu", "1400"]);
    const bundle = t.bundle((config) => {
      config.linux.netDevices = { [name]: {} };
      script(config, `busybox ip addr show ${name}`);
    });
    const { stdout } = succeeded("run", await t.run(bundle));
    for (const seen of [/<[^>]*\bUP\b/, /mtu 1400/, /10\.9\.8\.7\/24/, /10\.9\.9\.7\/32/])
      assert.match(stdout, seen);
    assert.is(spawnSync("ip", ["link", "show", name]).status, 1, "it did not come back");
  },
);

test("netDevices: a name that is taken is an error, %d makes a free one (config-linux.md#network-devices)", {
  ...NET,
  deviates: "moves it before it finds that out",
}, async (t) => {
  const name = makeInterface(t);
  const taken = t.bundle((config) => {
    config.linux.netDevices = { [name]: { name: "lo" } };
  });
  const { code, stderr } = await t.run(taken);
  assert.is(code, 1);
  assert.match(stderr, new RegExp(`${name}|EEXIST|exists`));
  assert.is(spawnSync("ip", ["link", "show", name]).status, 0, "it is the host's still");
  const free = t.bundle((config) => {
    config.linux.netDevices = { [name]: { name: "odd%d" } };
    script(config, "busybox ip link show odd0");
  });
  assert.match(succeeded("run", await t.run(free)).stdout, /odd0/);
});

test.run();
