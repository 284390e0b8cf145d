// The contract between TypeScript and the addon, one named check per kind of value. Runs on Node and on
// the launcher, so it uses neither; reference values are written out, never computed by the addon.

import { bytesEqual, equal, isTrue, throws } from "./expect.ts";

/** The addon built with its `contract` feature. */
export type ContractHost = typeof import("../../dist/addon/contract.d.ts");
type Step = import("../../dist/addon/contract.d.ts").Step;

type Check = (host: ContractHost) => void;

const TEXTS = ["", "plain", "ü€", "𝄞 and 🏔", "NUL \0 inside", '\n\t\\"', "x".repeat(70_000)];
const NUMBERS = [0, -1, 1.5, 2 ** 53 - 1, -(2 ** 53 - 1), 2 ** 32, 5e-324, Number.MAX_VALUE];
const BIGINTS = [0n, 1n, 2n ** 53n + 1n, 2n ** 63n, 2n ** 64n - 1n];

const STEPS: Step[] = [
  { op: "mountFs", at: "/mounts/0", attrs: 6, params: [["size", "64k"], ["ro"], []], data: "" },
  { op: "mountFs", at: "", attrs: 0, params: [] },
  { op: "limits", at: "/process/rlimits/0", soft: 1024n, hard: 2n ** 64n - 1n },
  {
    op: "limits",
    at: "x",
    soft: 0n,
    hard: 0n,
    nested: { ids: [0, 65534, 2 ** 32 - 1], strict: true },
  },
  { op: "load", at: "/linux/seccomp", code: new Uint8Array([0, 255, 128]) },
];

/** Every check, by the sentence that it proves. */
export const CHECKS = new Map<string, Check>([
  [
    "text arrives exactly, NUL and astral characters too",
    (host) => {
      for (const text of TEXTS) equal(host.echoText(text), text);
      equal(host.echoTexts(TEXTS), TEXTS);
    },
  ],
  [
    "numbers arrive as they are, without wrapping",
    (host) => {
      for (const number of NUMBERS) equal(host.echoNumber(number), number);
      isTrue(Object.is(host.echoNumber(-0), -0));
      isTrue(Number.isNaN(host.echoNumber(Number.NaN)));
    },
  ],
  [
    "booleans",
    (host) => {
      equal(host.echoBool(true), true);
      equal(host.echoBool(false), false);
    },
  ],
  [
    "bigints up to 2^64-1 are exact, others refused",
    (host) => {
      for (const number of BIGINTS) equal(host.echoU64(number), number);
      for (const number of [-1n, 2n ** 64n]) throws(() => host.echoU64(number), /unsigned 64-bit/);
    },
  ],
  [
    "bytes arrive whole, and a view as the part that it shows",
    (host) => {
      const bytes = Uint8Array.from({ length: 1000 }, (_, index) => index & 0xff);
      bytesEqual(host.echoBytes(bytes), bytes);
      bytesEqual(host.echoBytes(new Uint8Array(0)), new Uint8Array(0));
      bytesEqual(host.echoBytes(bytes.subarray(3, 6)), new Uint8Array([3, 4, 5]));
      equal(host.sumBytes(bytes.subarray(3, 6)), 12);
      isTrue(host.echoBytes(bytes) instanceof Uint8Array);
    },
  ],
  [
    "an absent argument is undefined or null, an absent result null",
    (host) => {
      equal(host.echoOption("here"), "here");
      for (const absent of [host.echoOption(), host.echoOption(undefined), host.echoOption(null)]) {
        equal(absent, null);
      }
      equal(host.textOrNull("here"), "here");
      equal(host.textOrNull(null), null);
    },
  ],
  [
    "a list of tagged unions comes back equal, its members in order",
    (host) => {
      const echo = host.echoSteps(STEPS);
      equal(echo.length, STEPS.length);
      for (const [index, step] of STEPS.entries()) {
        const twin = echo[index]!;
        if (step.op === "load" && twin.op === "load") bytesEqual(twin.code, step.code);
        else equal(twin, step);
      }
      isTrue(!("data" in echo[1]!) && !("nested" in echo[2]!));
    },
  ],
  [
    "a union with a wrong tag or a missing member is refused",
    (host) => {
      const steps = (step: object) => () => host.echoSteps([step as Step]);
      throws(steps({ op: "nope", at: "" }), /nope/);
      throws(steps({ op: "mountFs", at: "", params: [] }), /attrs/);
      throws(steps({ op: "mountFs", at: 1, attrs: 0, params: [] }), /at/);
    },
  ],
  [
    "a wrong type is refused, not converted",
    (host) => {
      throws(() => host.echoText(1 as never), /./);
      throws(() => host.echoNumber("1" as never), /./);
      throws(() => host.echoBytes([1] as never), /./);
      throws(() => host.echoU64(1 as never), /^/); // napi gives this one no text
    },
  ],
  [
    "an error keeps its message and its own fields",
    (host) => {
      const error = throws(() => host.fail(1), /^fsmount: EPERM$/);
      isTrue(error instanceof Error);
      const { code, errno, call } = error as Error & Record<string, unknown>;
      equal([code, errno, call], ["ERR_SYSCALL", 1, "fsmount"]);
    },
  ],
  [
    "an error in Rust leaves the engine usable",
    (host) => {
      for (let round = 0; round < 100; round++) throws(() => host.fail(round), /EPERM/);
      equal(host.echoText("still here"), "still here");
    },
  ],
  [
    "a class instance is closed once, and stays closed",
    (host) => {
      for (const handle of [new host.Handle("made here"), host.openHandle("made there")]) {
        isTrue(handle instanceof host.Handle);
        isTrue(handle.name().startsWith("made "));
        handle.close();
        handle.close();
        throws(() => handle.name(), /closed/);
      }
    },
  ],
  [
    "the filter compiler answers questions, and names the entry that is to blame",
    (host) => {
      const profile =
        "A x86_64\nS 0\nD 327681\nR 2147418112 1 1\n0 4 18446744073709551615 0\nread\n";
      isTrue(host.seccomp({ ask: "listing", profile }).startsWith("0000  ld   arch\n"));
      const call = { ask: "verdict", profile, arch: 0xc000003e, number: 0 } as const;
      const verdict = (first: bigint) =>
        host.seccomp({ ...call, args: [first, 0, 0, 0, 0, 0] }).replace(/ \d+ /, " steps ");
      equal(verdict(2n ** 64n - 1n), "2147418112 steps -");
      equal(verdict(2n ** 64n - 2n), "327681 steps EPERM");
      throws(() => host.seccomp({ ...call, args: [] }), /six arguments/);
      isTrue(host.seccomp({ ask: "calls", abi: "x86" }).includes("\nsemop - 117 1\n"));
      throws(() => host.seccomp({ ask: "calls", abi: "vax" }), /unknown architecture/);
      const twice = `${profile}R 0 1 1\n0 4 18446744073709551615 0\nread\n`;
      const error = throws(
        () => host.seccomp({ ask: "listing", profile: twice }),
        /another action/,
      );
      equal((error as Error & { op?: number }).op, 1);
    },
  ],
  [
    "thousands of handles do not pile up",
    (host) => {
      for (let round = 0; round < 5000; round++) new host.Handle(`${round}`).close();
      equal(host.echoSteps(Array.from({ length: 2000 }, () => STEPS[0]!)).length, 2000);
    },
  ],
]);
