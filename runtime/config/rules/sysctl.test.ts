import { suite } from "uvu";
import * as assert from "uvu/assert";
import { problemsWith } from "../testing.ts";

import { sysctlPath } from "./sysctl.ts";

const test = suite("rules/sysctl");

const PATHS: readonly (readonly [name: string, path: string | null])[] = [
  ["net.ipv4.ip_forward", "net/ipv4/ip_forward"],
  ["net/ipv4/ip_forward", "net/ipv4/ip_forward"],
  ["net.ipv4.conf.eth0/1.mtu", "net/ipv4/conf/eth0.1/mtu"],
  ["net/ipv4/conf/eth0.1/mtu", "net/ipv4/conf/eth0.1/mtu"],
  ["", null],
  [".", null],
  ["net.", null],
  ["net..x", null],
  ["net/../kernel/core_pattern", null],
  ["net/./x", null],
  ["/net/x", null],
  ["net.ipv4.//.kernel", null],
];

for (const [name, path] of PATHS) {
  test(`sysctlPath(${JSON.stringify(name)})`, () => {
    assert.is(sysctlPath(name), path);
  });
}

const OWNED: readonly (readonly [name: string, owner: string])[] = [
  ["kernel.msgmax", "ipc"],
  ["kernel.shm_rmid_forced", "ipc"],
  ["kernel/sem", "ipc"],
  ["fs.mqueue.msg_max", "ipc"],
  ["net.core.somaxconn", "network"],
  ["kernel.domainname", "uts"],
  ["user.max_user_namespaces", "user"],
];

for (const [name, owner] of OWNED) {
  test(`checkSysctls() of ${name} is about the ${owner} namespace`, () => {
    const mappings = [{ containerID: 0, hostID: 0, size: 1 }];
    const isUser = owner === "user";
    const patch = {
      "/linux/sysctl": { [name]: "1" },
      "/linux/namespaces": [{ type: owner }],
      "/linux/uidMappings": isUser ? mappings : [],
      "/linux/gidMappings": isUser ? mappings : [],
    };
    assert.equal(problemsWith(patch), []);
    const at = `/linux/sysctl/${name.replaceAll("/", "~1")}`;
    assert.equal(problemsWith({ "/linux/sysctl": { [name]: "1" } }), [
      `${at}: needs a${owner === "ipc" ? "n" : ""} ${owner} namespace`,
    ]);
  });
}

test("checkSysctls() refuses the host's", () => {
  const everything = ["ipc", "network", "uts", "mount", "pid", "cgroup"].map((type) => ({ type }));
  const names = [
    "vm.swappiness",
    "kernel.core_pattern",
    "kernel.sem.x",
    "fs.mqueuex",
    "netx.y",
    "net",
    "kernel.hostname",
    "a..b",
  ];
  const sysctl = Object.fromEntries(names.map((name) => [name, "1"]));
  const host = "belongs to no namespace: it would change the host";
  assert.equal(problemsWith({ "/linux/namespaces": everything, "/linux/sysctl": sysctl }), [
    ...names.slice(0, 6).map((name) => `/linux/sysctl/${name}: ${host}`),
    "/linux/sysctl/kernel.hostname: is what /hostname is for",
    '/linux/sysctl/a..b: "a..b" is not the name of a kernel parameter',
  ]);
});

test.run();
