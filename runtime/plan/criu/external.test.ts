import { suite } from "uvu";
import * as assert from "uvu/assert";
import { linuxContext, someContext } from "../testing.ts";
import {
  bindsOf,
  dumpMounts,
  externalNamespaceFiles,
  externalNamespaces,
  inheritedPipes,
  namespacesToEnter,
  restoreMounts,
} from "./external.ts";

const test = suite("plan/criu/external");

const MOUNTS = [
  { destination: "/proc", type: "proc", source: "proc" },
  { destination: "/conf/", type: "bind", source: "/host/conf", options: ["bind"] },
  { destination: "/gone", source: "/host/gone", options: ["rbind"] },
];
const MASKED = {
  namespaces: [{ type: "mount" as const }],
  maskedPaths: ["/proc/kcore", "/sys/x", "/no"],
};

test("bindsOf() finds bind mounts, and the notify socket's", () => {
  const context = someContext({ mounts: MOUNTS }, {}, { notifyDirectory: "/run/trunc/c1/notify" });
  assert.equal(bindsOf(context), [
    { target: "/conf", source: "/host/conf" },
    { target: "/gone", source: "/host/gone" },
    { target: "/run/notify", source: "/run/trunc/c1/notify" },
  ]);
});

test("dumpMounts() names places as they are, and masked files by the null device", () => {
  const context = someContext({ mounts: MOUNTS, linux: MASKED });
  const places = new Map([
    ["/conf", { path: "/real/conf", isDir: true }],
    ["/proc/kcore", { path: "/proc/kcore", isDir: false }],
    ["/sys/x", { path: "/sys/x", isDir: true }],
  ]);
  const mounts = dumpMounts(context, bindsOf(context), (path) => places.get(path) ?? null);
  assert.equal(mounts, [
    { key: "/real/conf", value: "/conf" },
    { key: "/proc/kcore", value: "/dev/null" },
  ]);
});

test("restoreMounts() says where the names are to be had", () => {
  const context = someContext({ mounts: MOUNTS, linux: MASKED });
  assert.equal(restoreMounts(context, bindsOf(context)), [
    { key: "/conf", value: "/host/conf" },
    { key: "/gone", value: "/host/gone" },
    { key: "/dev/null", value: "/dev/null" },
  ]);
  assert.equal(restoreMounts(linuxContext({}), []), []);
});

const NAMESPACES = {
  namespaces: [
    { type: "network" as const, path: "/run/netns/a" },
    { type: "pid" as const, path: "" },
    { type: "ipc" as const, path: "/proc/7/ns/ipc" },
    { type: "cgroup" as const, path: "/proc/7/ns/cgroup" },
    { type: "mount" as const },
  ],
};

test("externalNamespaces() names those joined by path", () => {
  assert.equal(externalNamespaceFiles(NAMESPACES), ["net"]);
  const links = new Map([["net", "net:[4026531840]"]]);
  assert.equal(externalNamespaces(NAMESPACES, links), ["net[4026531840]:extRootNetNS"]);
  assert.equal(externalNamespaces(NAMESPACES, new Map()), []);
  assert.equal(externalNamespaceFiles({}), []);
});

test("namespacesToEnter() tells files, joins and what can't be done apart", () => {
  assert.equal(namespacesToEnter(NAMESPACES), {
    files: [{ at: "/linux/namespaces/0", key: "extRootNetNS", path: "/run/netns/a" }],
    joins: [{ key: "ipc", value: "/proc/7/ns/ipc" }],
    unknown: [{ at: "/linux/namespaces/3", type: "cgroup" }],
  });
});

test("inheritedPipes() takes pipes by their number", () => {
  assert.equal(inheritedPipes(["/dev/null", "pipe:[1]", "socket:[2]", "pipe:[3]"]), [
    { key: "pipe:[1]", fd: 1 },
    { key: "pipe:[3]", fd: 3 },
  ]);
});

test.run();
