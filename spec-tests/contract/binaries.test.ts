// The programs that are installed, as the kernel will map them (docs/security.md, "The programs").

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { DT, PT, readElf, W, X } from "./elf.ts";

const test = suite("binaries");
const LAUNCHER = "dist/bin/trunc";
const INIT = "dist/init/trunc-init";

for (const path of [LAUNCHER, INIT]) {
  const { segments, dynamic } = readElf(path);
  const of = (type: number) => segments.filter((segment) => segment.type === type);

  test(`${path} needs no interpreter and no library`, () => {
    assert.equal(of(PT.interp), []);
    assert.not(dynamic.has(DT.needed));
  });

  test(`${path} has nothing that is both writable and executable`, () => {
    const loads = of(PT.load);
    assert.ok(loads.length > 0);
    assert.equal(
      loads.filter(({ flags }) => (flags & W) !== 0 && (flags & X) !== 0),
      [],
    );
    assert.not(dynamic.has(DT.textrel));
  });

  test(`${path} has a stack that is not executable`, () => {
    assert.equal(
      of(PT.stack).map(({ flags }) => flags & X),
      [0],
    );
  });

  test(`${path} has its relocated data read-only`, () => {
    assert.is(of(PT.relro).length, 1);
    assert.ok(of(PT.relro)[0]!.size > 0n);
  });
}

test("the launcher lies anywhere, and binds all before it starts", () => {
  const { type, dynamic } = readElf(LAUNCHER);
  assert.is(type, 3);
  const [now, pie] = [1n, 0x08000000n];
  assert.is((dynamic.get(DT.flags1) ?? 0n) & (now | pie), now | pie);
});

test("the init has nothing to relocate: it is static, at a fixed address", () => {
  const { type, dynamic } = readElf(INIT);
  assert.is(type, 2);
  assert.is(dynamic.size, 0);
});

test.run();
