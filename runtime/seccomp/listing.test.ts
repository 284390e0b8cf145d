import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parseCalls } from "./calls.ts";
import { instructionsOf } from "./listing.ts";
import { listingText } from "./listing-text.ts";

const test = suite("seccomp/listing");

const ABIS = [
  parseCalls("x86_64", "3221225534 0 0\nread 0\nwrite 1\nsocket 41\nclone 56\n"),
  parseCalls("x86", "1073741827 1 0\nread 3\n"),
];

const LISTING = `0000  ld   arch
0001  jeq  0xc000003e 0002 0013
0002  ld   nr
0003  jge  0x38 0009 0004
0004  jeq  0x29 0005 0014
0005  ld   args[0]+0
0006  jgt  0x28 0007 0014
0007  ld   args[0]+4
0008  jset 0x1 0012 0014
0009  ld   args[0]+0
0010  and  0xf0
0011  jeq  0x10 0012 0014
0012  ret  ERRNO(1)
0013  jeq  0x40000003 0014 0015
0014  ret  ALLOW
0015  ja   0016
0016  ret  KILL_THREAD
`;

const TEXT = `0000  load arch
0001  if arch != x86_64 goto 0013

x86_64:
0002  load nr
0003  if nr >= 56 (clone) goto 0009
0004  if nr != 41 (socket) goto 0014
0005  load args[0].low  # socket
0006  if args[0].low <= 0x28 goto 0014
0007  load args[0].high  # socket
0008  if args[0].high & 0x1 != 0 goto 0012 else 0014
0009: load args[0].low  # clone
0010  and 0xf0
0011  if args[0].low & 0xf0 != 0x10 goto 0014
0012: return ERRNO(1)  # socket, clone
0013: if arch != x86 goto 0015

x86:
0014: return ALLOW
0015: goto 0016
0016  return KILL_THREAD
`;

test("listingText() shows architectures, names and where jumps go", () => {
  assert.is(listingText(instructionsOf(LISTING, ABIS), ABIS), TEXT);
});

test("instructionsOf() knows which calls come where", () => {
  const at = (index: number) => instructionsOf(LISTING, ABIS)[index]!;
  assert.is(at(2).calls, undefined);
  assert.equal(at(4).calls, ["read", "write", "socket"]);
  assert.equal(at(5).calls, ["socket"]);
  assert.equal(at(9).calls, ["clone"]);
  // all of x86 come here without a look at the number
  assert.is(at(14).calls, undefined);
  assert.is(at(14).audit, undefined);
  assert.is(at(4).audit, 0xc000003e);
});

test("instructionsOf() finds the halves of an argument by the byte order", () => {
  const big = [{ ...ABIS[0]!, isBigEndian: true }];
  const [, , , , , five, , seven] = instructionsOf(LISTING, big);
  assert.equal(five!.step, { op: "load", field: "args[0].high" });
  assert.equal(seven!.step, { op: "load", field: "args[0].low" });
});

test.run();
