// The filter compiler as WASM on V8, and the texts it takes. Needs dist/seccomp (scripts/build-seccomp.ts).

import { readFileSync } from "node:fs";
import { profileText, type SeccompProfile } from "../../runtime/seccomp/profile.ts";

const MODULE = "dist/seccomp/filter.wasm";

/** What is needed of V8's WebAssembly, which no library in use declares. */
interface Engine {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => { readonly exports: unknown };
}
const { Module, Instance } = (globalThis as unknown as { WebAssembly: Engine }).WebAssembly;

export interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  input(bytes: number): number;
  output(): number;
  outputLength(): number;
  errorRule(): number;
  compile(text: number, bytes: number): number;
  disassemble(program: number, bytes: number): number;
  emulate(program: number, bytes: number, data: number): bigint;
  steps(): number;
  listCalls(name: number, bytes: number): number;
}

/** One instruction: struct sock_filter. */
export interface Instruction {
  readonly code: number;
  readonly jt: number;
  readonly jf: number;
  readonly k: number;
}

export class CompileError extends Error {
  constructor(
    message: string,
    readonly rule: number,
  ) {
    super(message);
  }
}

let module: object | undefined;

export function instantiate(): Exports {
  module ??= new Module(readFileSync(MODULE));
  return new Instance(module).exports as Exports;
}

/** Copies bytes into an instance; returns their address. */
export function put(instance: Exports, bytes: Uint8Array): number {
  const at = instance.input(bytes.length);
  new Uint8Array(instance.memory.buffer, at, bytes.length).set(bytes);
  return at;
}

export function compile(text: string): Buffer {
  const instance = instantiate();
  const bytes = Buffer.from(text);
  const code = instance.compile(put(instance, bytes), bytes.length);
  const output = outputOf(instance);
  if (code !== 0) throw new CompileError(output.toString(), instance.errorRule());
  return output;
}

export function disassemble(filter: Buffer): string {
  const instance = instantiate();
  instance.disassemble(put(instance, filter), filter.length);
  return outputOf(instance).toString();
}

export function listCalls(abi: string): string {
  const instance = instantiate();
  const bytes = Buffer.from(abi);
  instance.listCalls(put(instance, bytes), bytes.length);
  return outputOf(instance).toString();
}

function outputOf(instance: Exports): Buffer {
  return Buffer.from(
    new Uint8Array(instance.memory.buffer, instance.output(), instance.outputLength()),
  );
}

export function decode(filter: Buffer): Instruction[] {
  return Array.from({ length: filter.length / 8 }, (_, i) => ({
    code: filter.readUInt16LE(i * 8),
    jt: filter.readUInt8(i * 8 + 2),
    jf: filter.readUInt8(i * 8 + 3),
    k: filter.readUInt32LE(i * 8 + 4),
  }));
}

/** The text without runc's stub, as plain libseccomp would take the profile; problems are the caller's to look at. */
export function plainText(profile: SeccompProfile, nativeAbi = "x86_64"): string {
  return profileText(profile, nativeAbi, { hasStub: false }).text;
}
