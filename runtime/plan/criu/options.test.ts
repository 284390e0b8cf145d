import { suite } from "uvu";
import * as assert from "uvu/assert";
import { cgroupRoots, configFileOf, dumpOptions, restoreOptions } from "./options.ts";
import { NO_DUMP_WISHES, NO_WISHES } from "./testing.ts";
import type { DumpWishes } from "./wishes.ts";

const test = suite("plan/criu/options");

const DUMPED = {
  pid: 7,
  rootfs: "/b/rootfs",
  mounts: [{ key: "/a", value: "/b" }],
  namespaces: [],
};
const RESTORED = { root: "/s/root", mounts: [], joins: [], inherited: [], cgroups: "0::/x\n" };

const FLAGS: (keyof DumpWishes & string)[] = [
  "tcpEstablished",
  "extUnixSk",
  "shellJob",
  "fileLocks",
  "autoDedup",
  "lazyPages",
  "leaveRunning",
  "tcpSkipInFlight",
  "linkRemap",
];
for (const flag of FLAGS) {
  test(`dumpOptions() passes ${flag} on, and nothing else by it`, () => {
    const before = dumpOptions(NO_DUMP_WISHES, DUMPED);
    assert.is(new Map<string, unknown>(Object.entries(before)).get(flag), false);
    assert.equal(dumpOptions({ ...NO_DUMP_WISHES, [flag]: true }, DUMPED), {
      ...before,
      [flag]: true,
    });
  });
}

test("dumpOptions() leaves out what is not known", () => {
  const options = dumpOptions(NO_DUMP_WISHES, DUMPED);
  for (const name of ["freezeCgroup", "configFile", "pageServer", "parentImg", "trackMem"]) {
    assert.not.ok(name in options, name);
  }
  assert.is(options.emptyNs, 0x40000000);
  assert.is(options.manageCgroupsMode, 6);
  assert.equal(options.extMnt, DUMPED.mounts);
});

test("dumpOptions() has freezer, settings, parent and page server", () => {
  const container = { ...DUMPED, freezer: "/sys/fs/cgroup/x", configFile: "/c" };
  const pageServer = { address: "::1", port: 9 };
  const wishes = { ...NO_DUMP_WISHES, parentPath: "../p", pageServer, preDump: true };
  const options = dumpOptions(wishes, container);
  assert.is(options.freezeCgroup, "/sys/fs/cgroup/x");
  assert.is(options.configFile, "/c");
  assert.equal(options.pageServer, pageServer);
  assert.equal([options.parentImg, options.trackMem], ["../p", true]);
  assert.equal(options.extMnt, []);
});

test("restoreOptions() makes a sibling, with labels where they are given", () => {
  const options = restoreOptions(NO_WISHES, RESTORED);
  assert.equal(
    [options.rstSibling, options.root, options.logFile],
    [true, "/s/root", "restore.log"],
  );
  assert.equal(options.cgRoot, [{ key: "", value: "/x" }]);
  assert.not.ok("lsmProfile" in options || "lsmMountContext" in options);
  const wishes = { ...NO_WISHES, lsmProfile: "apparmor:p", lsmMountContext: "c" };
  const labelled = restoreOptions(wishes, { ...RESTORED, configFile: "/c" });
  assert.equal([labelled.lsmProfile, labelled.lsmMountContext], ["apparmor:p", "c"]);
  assert.is(labelled.configFile, "/c");
});

test("cgroupRoots() takes controllers apart, and named hierarchies as they are", () => {
  const text = "12:cpu,cpuacct:/a:b\n1:name=systemd:/s\n0::/u\n";
  assert.equal(cgroupRoots(text), [
    { key: "cpu", value: "/a:b" },
    { key: "cpuacct", value: "/a:b" },
    { key: "name=systemd", value: "/s" },
    { key: "", value: "/u" },
  ]);
});

const CONFIGS: [
  annotations: Record<string, string> | undefined,
  there: string[],
  file: string | undefined,
][] = [
  [undefined, [], undefined],
  [{}, ["/etc/criu/runc.conf"], "/etc/criu/runc.conf"],
  [{}, ["/etc/criu/runc.conf", "/etc/criu/trunc.conf"], "/etc/criu/trunc.conf"],
  [{ "org.criu.config": "/own" }, ["/etc/criu/runc.conf"], "/own"],
  [{ "org.criu.config": "" }, ["/etc/criu/runc.conf"], undefined],
];
for (const [annotations, there, file] of CONFIGS) {
  test(`configFileOf() finds ${file} with ${JSON.stringify(annotations)} and [${there}]`, () => {
    assert.is(
      configFileOf(annotations, (path) => there.includes(path)),
      file,
    );
  });
}

test.run();
