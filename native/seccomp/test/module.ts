// The compiler as WASM on V8 (dist/seccomp, scripts/build-seccomp.ts), for tests.

import { readFileSync } from "node:fs";

/** The exports of assembly/index.ts. */
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

/** What is needed of V8's WebAssembly, which no library in use declares. */
interface Engine {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => { readonly exports: unknown };
}
const { Module, Instance } = (globalThis as unknown as { WebAssembly: Engine }).WebAssembly;

let module: object | undefined;

export interface Failure {
  readonly code: number;
  readonly rule: number;
  readonly message: string;
}

/** A profile text -> the filter. */
export function compile(text: string): Uint8Array | Failure {
  const { code, rule, output } = call("compile", new TextEncoder().encode(text));
  return code === 0 ? output : { code, rule, message: new TextDecoder().decode(output) };
}

export function disassemble(filter: Uint8Array): string {
  return new TextDecoder().decode(call("disassemble", filter).output);
}

/** Names and numbers of an ABI's calls. */
export function listCalls(abi: string): string {
  return new TextDecoder().decode(call("listCalls", new TextEncoder().encode(abi)).output);
}

/** The action word for one call of x86_64 unless `arch` says otherwise; -1: no program. */
export function emulate(
  filter: Uint8Array,
  nr: number,
  args: readonly bigint[] = [],
  arch = 0xc000003e,
): number {
  const instance = instantiate();
  const at = put(instance, filter);
  const data = instance.input(64);
  new Uint32Array(instance.memory.buffer, data, 2).set([nr, arch]);
  new BigUint64Array(instance.memory.buffer, data + 16, 6).set(args);
  return Number(instance.emulate(at, filter.length, data));
}

export function instantiate(): Exports {
  module ??= new Module(readFileSync("dist/seccomp/filter.wasm"));
  return new Instance(module).exports as Exports;
}

/** Copies bytes into an instance; returns their address. */
export function put(instance: Exports, bytes: Uint8Array): number {
  const at = instance.input(bytes.length);
  new Uint8Array(instance.memory.buffer, at, bytes.length).set(bytes);
  return at;
}

function call(name: "compile" | "disassemble" | "listCalls", input: Uint8Array) {
  const instance = instantiate();
  const code = instance[name](put(instance, input), input.length);
  const output = new Uint8Array(instance.memory.buffer, instance.output(), instance.outputLength());
  return { code, rule: instance.errorRule(), output: output.slice() };
}
