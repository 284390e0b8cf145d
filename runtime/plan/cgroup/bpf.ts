// A device policy -> a BPF_PROG_TYPE_CGROUP_DEVICE program, as the bytes of struct bpf_insn[]. Pure.
// Source: linux/bpf.h, bpf_cgroup_dev_ctx; Documentation/admin-guide/cgroup-v2.rst, "Device controller"
//
//   r2 = type, r3 = access, r4 = major, r5 = minor
//   per type: per major: one comparison an exception; a match returns the opposite of the default

import { ALL, ANY, type DevicePolicy, type Exception } from "./devices.ts";

/** Operation codes (linux/bpf_common.h, linux/bpf.h). */
const LOAD_WORD = 0x61;
const MOVE32 = 0xb4;
const MOVE32_REGISTER = 0xbc;
const AND32 = 0x54;
const SHIFT_RIGHT32 = 0x74;
const JUMP = 0x05;
const JUMP_EQUAL = 0x15;
const JUMP_NOT_EQUAL = 0x55;
const JUMP_NOT_EQUAL_REGISTER = 0x5d;
const JUMP_SET = 0x45;
const EXIT = 0x95;

/** BPF_DEVCG_DEV_*. */
const TYPES = { b: 1, c: 2 } as const;

const INSTRUCTION_SIZE = 8;

interface Instruction {
  readonly code: number;
  readonly destination: number;
  readonly source: number;
  readonly value: number;
  /** A plain offset, or the label that a jump goes to. */
  readonly offset: number | Label;
}

/** A place in the program, known once the instruction after it is written. */
interface Label {
  index: number;
}

type Emit = (
  code: number,
  destination?: number,
  value?: number,
  source?: number,
  offset?: number | Label,
) => void;

export function deviceProgram(policy: DevicePolicy, isBigEndian = false): Uint8Array {
  const program: Instruction[] = [];
  const emit: Emit = (code, destination = 0, value = 0, source = 0, offset = 0) => {
    program.push({ code, destination, source, value, offset });
  };
  const place = (label: Label): void => {
    label.index = program.length;
  };
  const matched: Label = { index: -1 };

  emit(LOAD_WORD, 2, 0, 1, 0);
  emit(AND32, 2, 0xffff);
  emit(LOAD_WORD, 3, 0, 1, 0);
  emit(SHIFT_RIGHT32, 3, 16);
  emit(LOAD_WORD, 4, 0, 1, 4);
  emit(LOAD_WORD, 5, 0, 1, 8);
  for (const type of ["b", "c"] as const) {
    const nextType: Label = { index: -1 };
    const ofType = policy.exceptions.filter((exception) => exception.type === type);
    if (ofType.length === 0) continue;
    emit(JUMP_NOT_EQUAL, 2, TYPES[type], 0, nextType);
    for (const group of byMajor(needed(ofType))) {
      const nextMajor: Label = { index: -1 };
      const { major } = group[0]!;
      if (major !== ANY) emit(JUMP_NOT_EQUAL, 4, major, 0, nextMajor);
      for (const { minor, access } of group) {
        const next: Label = { index: -1 };
        if (access !== ALL) emitAccess(emit, policy.allowsByDefault, access, next);
        if (minor === ANY) emit(JUMP, 0, 0, 0, matched);
        else emit(JUMP_EQUAL, 5, minor, 0, matched);
        place(next);
      }
      place(nextMajor);
    }
    place(nextType);
  }
  emit(MOVE32, 0, policy.allowsByDefault ? 1 : 0);
  emit(EXIT);
  // the kernel refuses a program with instructions that nothing leads to
  if (policy.exceptions.length > 0) {
    place(matched);
    emit(MOVE32, 0, policy.allowsByDefault ? 0 : 1);
    emit(EXIT);
  }
  return encode(program, isBigEndian);
}

/** An allowing exception must cover all that is asked for; a denying one need only touch it. */
function emitAccess(emit: Emit, denies: boolean, access: number, next: Label): void {
  if (denies) {
    // over the jump
    emit(JUMP_SET, 3, access, 0, 1);
    emit(JUMP, 0, 0, 0, next);
    return;
  }
  emit(MOVE32_REGISTER, 1, 0, 3);
  emit(AND32, 1, access);
  emit(JUMP_NOT_EQUAL_REGISTER, 1, 0, 3, next);
}

/** Without those that a wider one before them answers for: the kernel refuses instructions that nothing leads to. */
function needed(exceptions: readonly Exception[]): Exception[] {
  const whole = exceptions.filter(({ minor, access }) => minor === ANY && access === ALL);
  const answers = (wide: Exception, one: Exception): boolean =>
    wide !== one && (wide.major === ANY || wide.major === one.major);
  return exceptions.filter((one) => !whole.some((wide) => answers(wide, one)));
}

/** They are sorted, so those of one major number follow each other. */
function byMajor(exceptions: readonly Exception[]): Exception[][] {
  const groups: Exception[][] = [];
  for (const exception of exceptions) {
    const group = groups.at(-1);
    if (group?.[0]?.major === exception.major) group.push(exception);
    else groups.push([exception]);
  }
  return groups;
}

function encode(program: readonly Instruction[], isBigEndian: boolean): Uint8Array {
  const bytes = new Uint8Array(program.length * INSTRUCTION_SIZE);
  const view = new DataView(bytes.buffer);
  program.forEach(({ code, destination, source, value, offset }, index) => {
    const at = index * INSTRUCTION_SIZE;
    const distance = typeof offset === "number" ? offset : offset.index - index - 1;
    view.setUint8(at, code);
    // two bit fields of four bits: their order follows the byte order
    view.setUint8(at + 1, isBigEndian ? (destination << 4) | source : (source << 4) | destination);
    view.setInt16(at + 2, distance, !isBigEndian);
    view.setInt32(at + 4, value, !isBigEndian);
  });
  return bytes;
}
