// linux.netDevices: interfaces of the host in the container, with what they had.
// Spec: config-linux.md#network-devices

import { spawnSync } from "node:child_process";
import * as assert from "uvu/assert";
import { script } from "../harness/bundle.ts";
import { succeeded } from "../harness/container.ts";
import { shell } from "../harness/exec.ts";
import { holdNamespaces } from "../harness/helpers.ts";
import type { Sandbox } from "../harness/sandbox.ts";
import { spec } from "../harness/suite.ts";

const test = spec("config-linux/network-devices");
const SINCE = "1.4: netDevices";
const PAIR = { needs: ["ip command", "veth"], since: SINCE };

function ip(...words: string[]): string {
  const { status, stdout, stderr } = spawnSync("ip", words, { encoding: "utf8" });
  assert.is(status, 0, `ip ${words.join(" ")}: ${stderr}`);
  return stdout;
}

/** Both ends of a pair on the host, named after this process: at most 15 bytes. An address that comes later udev may change. */
function pair(t: Sandbox, ...options: string[]): { inner: string; outer: string } {
  const [inner, outer] = [`si${process.pid}`, `so${process.pid}`];
  ip("link", "add", inner, ...options, "type", "veth", "peer", "name", outer);
  t.defer(() => spawnSync("ip", ["link", "del", outer]));
  return { inner, outer };
}

test(
  "veth: addresses of both families, hardware address and MTU are kept, and packets pass (config-linux.md#network-devices)",
  PAIR,
  async (t) => {
    const { inner, outer } = pair(t, "address", "02:00:5e:10:00:07", "mtu", "1400");
    ip("addr", "add", "10.77.77.1/24", "dev", inner);
    ip("addr", "add", "10.77.77.9/32", "dev", inner);
    ip("-6", "addr", "add", "fd77::1/64", "dev", inner, "nodad");
    ip("addr", "add", "10.77.77.2/24", "dev", outer);
    ip("link", "set", outer, "up");
    const bundle = t.bundle((config) => {
      config.linux.netDevices = { [inner]: { name: "eth7" } };
      config.process.capabilities!.effective!.push("CAP_NET_RAW", "CAP_NET_ADMIN");
      config.process.capabilities!.permitted!.push("CAP_NET_RAW", "CAP_NET_ADMIN");
      config.process.capabilities!.bounding!.push("CAP_NET_RAW", "CAP_NET_ADMIN");
      script(config, "busybox sleep 1000");
    });
    const container = await t.create(bundle);
    await container.start();
    const seen = await shell(t, container, "busybox ip addr show eth7");
    assert.match(seen, /mtu 1400/);
    assert.match(seen, /02:00:5e:10:00:07/);
    assert.match(seen, /inet 10\.77\.77\.1\/24/);
    assert.match(seen, /inet 10\.77\.77\.9\/32/);
    assert.match(seen, /inet6 fd77::1\/64/);
    assert.is(spawnSync("ip", ["link", "show", inner]).status, 1, "still on the host");
    const talk = "busybox ip link set eth7 up; busybox ping -c 1 -W 5 10.77.77.2";
    assert.match(await shell(t, container, talk, "--cap", "CAP_NET_ADMIN"), /1 packets received/);
  },
);

test("dummy: likewise (config-linux.md#network-devices)", {
  needs: ["ip command", "dummy"],
  since: SINCE,
}, async (t) => {
  const name = `sd${process.pid}`;
  ip("link", "add", name, "mtu", "1789", "address", "00:11:22:33:44:55", "type", "dummy");
  t.defer(() => spawnSync("ip", ["link", "del", name]));
  ip("addr", "add", "169.254.169.77/32", "dev", name);
  const bundle = t.bundle((config) => {
    config.linux.netDevices = { [name]: {} };
    script(config, `busybox ip addr show ${name}`);
  });
  const { stdout } = succeeded("run", await t.run(bundle));
  assert.match(stdout, /mtu 1789/);
  assert.match(stdout, /00:11:22:33:44:55/);
  assert.match(stdout, /inet 169\.254\.169\.77\/32/);
});

test(
  "both ends of a pair, into a namespace that is there (config-linux.md#network-devices)",
  PAIR,
  async (t) => {
    const { inner, outer } = pair(t);
    const holder = await holdNamespaces(t, "net", "net");
    const bundle = t.bundle((config) => {
      const network = config.linux.namespaces.find(({ type }) => type === "network")!;
      network.path = `/proc/${holder}/ns/net`;
      config.linux.netDevices = { [inner]: { name: "a0" }, [outer]: { name: "b0" } };
      script(config, "busybox ls /sys/class/net");
    });
    const { stdout } = succeeded("run", await t.run(bundle));
    assert.equal(
      stdout.split(/\s+/).filter((name) => /^[ab]0$/.test(name)),
      ["a0", "b0"],
    );
  },
);

test(
  "a name that is taken there is an error, and the device stays (config-linux.md#network-devices)",
  PAIR,
  async (t) => {
    const { inner } = pair(t);
    const bundle = t.bundle((config) => {
      config.linux.netDevices = { [inner]: { name: "lo" } };
    });
    const result = await t.run(bundle);
    assert.is(result.code, 1);
    assert.match(result.stderr, /exists/);
    ip("link", "show", inner);
  },
);

test.run();
