import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ATTR_ATIME } from "./kernel.ts";
import { MOUNT_OPTIONS, type MountOptions, parseMountOptions } from "./mount-options.ts";

const test = suite("mount-options");

const NOTHING = parseMountOptions([]);

const CASES: readonly (readonly [words: readonly string[], changed: Partial<MountOptions>])[] = [
  [["ro", "nosuid", "nodev", "noexec"], { set: 0xf }],
  [["rw", "suid", "dev", "exec"], { clear: 0xf }],
  [["ro", "rw"], { clear: 0x1 }],
  [["rw", "ro"], { set: 0x1 }],
  [["noatime"], { set: 0x10, clear: ATTR_ATIME }],
  [["noatime", "strictatime"], { set: 0x20, clear: 0x70 }],
  [["strictatime", "relatime"], { set: 0, clear: 0x70 }],
  [["strictatime", "nostrictatime"], { set: 0, clear: 0x70 }],
  [["atime"], { clear: 0x70 }],
  [["norelatime"], {}],
  [["nodiratime"], { set: 0x80 }],
  [["diratime"], { clear: 0x80 }],
  [["nosymfollow"], { set: 0x200000 }],
  [["symfollow"], { clear: 0x200000 }],
  [["bind"], { isBind: true }],
  [["rbind"], { isBind: true, isRecursive: true }],
  [["remount", "ro"], { isRemount: true, set: 0x1 }],
  [["tmpcopyup"], { isCopiedUp: true }],
  [["idmap"], { isMapped: true }],
  [["ridmap"], { isMapped: true, isMappedBelow: true }],
  [["rro", "rnosuid"], { recursiveSet: 0x3 }],
  [["rro", "rrw"], { recursiveClear: 0x1 }],
  [["rnoatime"], { recursiveSet: 0x10, recursiveClear: 0x70 }],
  [["ratime"], { recursiveClear: 0x70 }],
  [["rprivate", "slave"], { propagations: [0x44000, 0x80000] }],
  [["shared"], { propagations: [0x100000] }],
  [["runbindable"], { propagations: [0x24000] }],
  [
    ["sync", "dirsync", "lazytime", "mand"],
    { superblock: ["sync", "dirsync", "lazytime", "mand"] },
  ],
  [["sync", "async", "lazytime", "nolazytime", "mand", "nomand"], {}],
  [["defaults", "silent", "loud", "iversion", "noiversion"], {}],
  [["size=64k", "mode=755"], { data: ["size=64k", "mode=755"] }],
  [["size=64k,mode=755", ""], { data: ["size=64k", "mode=755"] }],
  [['context="a:b:c1,c2"'], { data: ['context="a:b:c1,c2"'] }],
  [["constructor"], { data: ["constructor"] }],
];

for (const [words, changed] of CASES) {
  test(`parseMountOptions() reads ${JSON.stringify(words)}`, () => {
    assert.equal(parseMountOptions(words), { ...NOTHING, ...changed });
  });
}

test("parseMountOptions() takes no options for none", () => {
  assert.equal(parseMountOptions(undefined), NOTHING);
});

test("every word of config.md#linux-mount-options is known", () => {
  const words =
    "async atime bind defaults dev diratime dirsync exec iversion lazytime loud mand noatime nodev nodiratime noexec " +
    "noiversion nolazytime nomand norelatime nostrictatime nosuid nosymfollow private ratime rbind rdev rdiratime relatime " +
    "remount rexec rnoatime rnodiratime rnoexec rnorelatime rnostrictatime rnosuid rnosymfollow ro rprivate rrelatime rro rrw " +
    "rshared rslave rstrictatime rsuid rsymfollow runbindable rw shared silent slave strictatime suid symfollow sync tmpcopyup " +
    "unbindable idmap ridmap rnodev";
  assert.equal([...MOUNT_OPTIONS.keys()].sort(), words.split(" ").sort());
});

test.run();
