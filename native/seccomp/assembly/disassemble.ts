// A filter program as text, one instruction a line; jumps name the lines they go to, the false one only if it is not next.

import { AND, IF_EQ, IF_GE, IF_GT, IF_SET, JUMP, LOAD, RETURN } from "./bpf";
import { get8, get16, get32 } from "./memory";
import { write, writeDecimal, writeHex } from "./text";

export function disassemble(program: usize, count: u32): void {
  for (let line: u32 = 0; line < count; line++) {
    writeDecimal(line, 4);
    write("  ");
    writeInstruction(program + line * 8, line);
    write("\n");
  }
}

function writeInstruction(at: usize, line: u32): void {
  const code = get16(at, 0);
  const k = get32(at, 1);
  if (code === LOAD) {
    write("ld   ");
    writeField(k);
  } else if (code === RETURN) {
    write("ret  ");
    writeAction(k);
  } else if (code === AND) {
    write("and  ");
    writeHex(k);
  } else if (code === JUMP) {
    write("ja   ");
    writeDecimal(line + 1 + k, 4);
  } else if (code === IF_EQ || code === IF_GT || code === IF_GE || code === IF_SET) {
    write(code === IF_EQ ? "jeq  " : code === IF_GT ? "jgt  " : code === IF_GE ? "jge  " : "jset ");
    writeHex(k);
    write(" ");
    writeDecimal(line + 1 + get8(at, 2), 4);
    write(" ");
    writeDecimal(line + 1 + get8(at, 3), 4);
  } else {
    write("?    ");
    writeHex(code);
    write(" ");
    writeHex(k);
  }
}

function writeField(offset: u32): void {
  if (offset === 0) write("nr");
  else if (offset === 4) write("arch");
  else if (offset < 16) {
    write("ip+");
    writeDecimal(offset - 8, 1);
  } else {
    write("args[");
    writeDecimal((offset - 16) >>> 3, 1);
    write("]+");
    writeDecimal((offset - 16) & 7, 1);
  }
}

function writeAction(word: u32): void {
  const kind = word & 0xffff0000;
  if (word === 0) write("KILL_THREAD");
  else if (word === 0x80000000) write("KILL_PROCESS");
  else if (word === 0x30000) write("TRAP");
  else if (word === 0x7fc00000) write("NOTIFY");
  else if (word === 0x7ffc0000) write("LOG");
  else if (word === 0x7fff0000) write("ALLOW");
  else if (kind === 0x50000 || kind === 0x7ff00000) {
    write(kind === 0x50000 ? "ERRNO(" : "TRACE(");
    writeDecimal(word & 0xffff, 1);
    write(")");
  } else writeHex(word);
}
