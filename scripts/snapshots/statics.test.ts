// Which variables go along with a heap.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { fateOf, variablesOf } from "./statics.ts";

const test = suite("snapshots/statics");

const MAP = `
     VMA              LMA     Size Align Out     In      Symbol
  6a3540           6a3540     1000     8 .data
  6a3540           6a3540      398     8         /w/trunc.rcgu.o:(.data._ZN5trunc4heap4HEAP17hc36de319189191efE)
  6a3540           6a3540      398     1                 trunc::heap::HEAP
  6a45f8           6a45f8        8     8         /usr/lib/libc.a(clock_gettime.lo):(.data.rel.local.vdso_func)
  694378           694378       18     8         /w/trunc.rcgu.o:(.tbss._RNv3std4hash6randomNtBa_11RandomState3new4KEYS)
  423a98           423a98       18     4         /w/trunc.rcgu.o:(.gcc_except_table._RINv)
`;

test("variablesOf() reads the variables and nothing else", () => {
  assert.equal(
    variablesOf(MAP).map(({ address, size }) => [address, size]),
    [
      [0x6a3540n, 0x398n],
      [0x6a45f8n, 8n],
      [0x694378n, 0x18n],
    ],
  );
});

test("fateOf() knows what goes along", () => {
  const variables = variablesOf(MAP);
  assert.is(fateOf(variables, 0x6a3540n), "kept");
  assert.is(fateOf(variables, 0x6a38d0n), "kept");
  assert.is(fateOf(variables, 0x694380n), "left");
});

test("fateOf() says what nobody has thought of", () => {
  const variables = variablesOf(MAP);
  assert.match(fateOf(variables, 0x6a45f8n), /^\(\.data\.rel\.local\.vdso_func\) changes before/);
  assert.match(fateOf(variables, 0x6a38d8n), /^0x6a38d8 changes before/);
});

test.run();
