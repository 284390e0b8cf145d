// What an ABI's calls are named and numbered, as text for people's tools.
//
//   3221225534 0 0                  AUDIT_ARCH_*; 1: arguments are compared as 32-bit words; 1: big endian
//   read 0                          a call and its number
//   socket 359 102 1                one that socketcall(2) or ipc(2) makes too: the carrier's number, the sub-call's
//   semop - 117 1                   one that only they make

import { auditOf, isBigEndian, isMultiplexed, isNarrow } from "./abis";
import { IPC_ROW, ROWS, SOCKETCALL_ROW } from "./generated/syscalls";
import { IPC, nameEnd, nameStart, numberOf, SOCKETCALL, slotOf, subcallOf } from "./syscalls";
import { write, writeBytes, writeDecimal } from "./text";

export function writeCalls(abi: u32): void {
  writeDecimal(auditOf(abi), 1);
  write(isNarrow(abi) ? " 1" : " 0");
  write(isBigEndian(abi) ? " 1\n" : " 0\n");
  for (let row: u32 = 0; row < ROWS; row++) writeCall(row, abi);
}

function writeCall(row: u32, abi: u32): void {
  const slot = slotOf(row, abi);
  const subcall = isMultiplexed(abi) ? subcallOf(row) : 0;
  if (slot < 0 && subcall === 0) return;
  writeBytes(nameStart(row), <u32>(nameEnd(row) - nameStart(row)));
  if (slot < 0) write(" -");
  else writeNumber(numberOf(abi, slot));
  if (subcall !== 0) {
    const carrier = (subcall & IPC) === SOCKETCALL ? SOCKETCALL_ROW : IPC_ROW;
    writeNumber(numberOf(abi, slotOf(carrier, abi)));
    writeNumber(subcall & 0xff);
  }
  write("\n");
}

function writeNumber(value: u32): void {
  write(" ");
  writeDecimal(value, 1);
}
