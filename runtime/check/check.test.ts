import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Config } from "../config/types.ts";
import type { Look } from "./finding.ts";
import { findings } from "./findings.ts";
import { type File, foreignMachine, formatOf, mayExecute } from "./program.ts";
import { someLook } from "./testing.ts";

const test = suite("check");

const bytes = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));
const file = (head: string | Uint8Array, mode = 0o100755, uid = 0): File => ({
  mode,
  uid,
  gid: uid,
  head: typeof head === "string" ? bytes(head) : head,
});
const DIRECTORY = file("", 0o040755);

/** A little-endian ELF header of 64 bits with one program header, which names a loader. */
function elf(machine: number, interpreter?: string): Uint8Array {
  const head = new Uint8Array(256);
  const view = new DataView(head.buffer);
  head.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  view.setUint16(18, machine, true);
  view.setBigUint64(32, 64n, true);
  view.setUint16(54, 56, true);
  view.setUint16(56, interpreter === undefined ? 0 : 1, true);
  if (interpreter === undefined) return head;
  view.setUint32(64, 3, true);
  view.setBigUint64(64 + 8, 128n, true);
  view.setBigUint64(64 + 32, BigInt(interpreter.length + 1), true);
  head.set(bytes(interpreter), 128);
  return head;
}

test("formatOf() reads ELF headers and #! lines", () => {
  assert.equal(formatOf(elf(62)), { kind: "elf", machine: 62 });
  assert.equal(formatOf(elf(183, "/lib/ld.so")), {
    kind: "elf",
    machine: 183,
    interpreter: "/lib/ld.so",
  });
  assert.equal(formatOf(bytes("#! /bin/sh -e\n")), { kind: "script", interpreter: "/bin/sh" });
  for (const text of ["", "#!", "#!\n/bin/sh", "\x7fELF", "echo"]) {
    assert.equal(formatOf(bytes(text)), { kind: "unknown" }, text);
  }
});

test("mayExecute() goes by owner, group, others, and the capability", () => {
  const user = (uid: number, overrides = false) => ({ uid, gids: [uid, 7], overrides });
  assert.ok(mayExecute(file("", 0o100100, 5), user(5)));
  assert.not(mayExecute(file("", 0o100011, 5), user(5)));
  assert.ok(mayExecute(file("", 0o100010, 7), user(5)));
  assert.not(mayExecute(file("", 0o100010, 8), user(5)));
  assert.ok(mayExecute(file("", 0o100001, 8), user(5)));
  assert.ok(mayExecute(file("", 0o100100, 8), user(5, true)));
  assert.not(mayExecute(file("", 0o100644, 8), user(0, true)));
});

test("foreignMachine() names what this machine can't execute", () => {
  assert.is(foreignMachine(183, "x86_64"), "aarch64");
  assert.is(foreignMachine(3, "x86_64"), undefined);
  assert.is(foreignMachine(9999, "x86_64"), "machine 9999");
  assert.is(foreignMachine(62, "vax"), undefined);
});

const CONFIG: Config = {
  ociVersion: "1.3.0",
  root: { path: "rootfs" },
  process: { cwd: "/", args: ["/bin/app"], env: ["PATH=/usr/bin:/bin"], user: { uid: 0, gid: 0 } },
};

type Files = Record<string, File>;

const look = (root: Files, host: Files = {}): Look =>
  someLook({
    host: (path) => host[path],
    root: (path) => ({ "/": DIRECTORY, ...root })[path],
  });

const GOOD: Files = { "/bin/app": file(elf(62)), "/bin/sh": file(elf(62)) };
const process = (more: object): Config => ({ ...CONFIG, process: { ...CONFIG.process, ...more } });

const CASES: [title: string, config: Config, look: Look, found: string[]][] = [
  ["a good one", CONFIG, look(GOOD), []],
  ["one found by PATH", process({ args: ["sh"] }), look(GOOD), []],
  ["no root", CONFIG, { ...look(GOOD), root: () => undefined }, ["/root/path", "/process/args/0"]],
  ["a root that is a file", CONFIG, look({ ...GOOD, "/": file("") }), ["/root/path"]],
  ["no program", CONFIG, look({}), ["/process/args/0"]],
  ["none by PATH", process({ args: ["nope"] }), look(GOOD), ["/process/args/0"]],
  ["no permission", CONFIG, look({ "/bin/app": file(elf(62), 0o100644) }), ["/process/args/0"]],
  ["a directory", CONFIG, look({ "/bin/app": DIRECTORY }), ["/process/args/0"]],
  ["no program at all", CONFIG, look({ "/bin/app": file("text") }), ["/process/args/0"]],
  ["another machine's", CONFIG, look({ "/bin/app": file(elf(183)) }), ["/process/args/0"]],
  ["no loader", CONFIG, look({ "/bin/app": file(elf(62, "/lib/ld")) }), ["/process/args/0"]],
  ["no shell", CONFIG, look({ "/bin/app": file("#!/bin/zsh\n") }), ["/process/args/0"]],
  [
    "a program that a mount brings",
    { ...CONFIG, mounts: [{ destination: "/bin", type: "tmpfs", source: "tmpfs" }] },
    look({}),
    [],
  ],
  [
    "sources of bind mounts",
    {
      ...CONFIG,
      mounts: [
        { destination: "/a", source: "/there", options: ["rbind"] },
        { destination: "/b", source: "/missing", options: ["bind"] },
        { destination: "/c", source: "proc", type: "proc" },
      ],
    },
    look(GOOD, { "/there": DIRECTORY }),
    ["/mounts/1/source"],
  ],
  [
    "hooks outside, not inside",
    {
      ...CONFIG,
      hooks: {
        createRuntime: [{ path: "/there" }, { path: "/missing" }],
        startContainer: [{ path: "/missing" }],
        poststop: [{ path: "/dir" }],
      },
    },
    look(GOOD, { "/there": file(elf(62)), "/dir": DIRECTORY }),
    ["/hooks/createRuntime/1/path", "/hooks/poststop/0/path"],
  ],
];

for (const [title, config, seen, found] of CASES) {
  test(`findings() of ${title}`, () => {
    assert.equal(
      findings(config, [], seen).map(({ at }) => at),
      found,
    );
  });
}

test.run();
