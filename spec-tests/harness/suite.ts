// uvu with what black-box tests need: a sandbox and a time limit per test, skips that say why, counts.

import { suite as uvuSuite } from "uvu";
import { unmet } from "./needs.ts";
import { patiently } from "./patience.ts";
import { isAtLeast, reference } from "./runtime.ts";
import { makeSandbox, type Sandbox } from "./sandbox.ts";

export interface TestOptions {
  /** Names of requirements (needs.ts); the test is skipped with the reason when one is not met. */
  readonly needs?: readonly string[];
  /** What the reference runtime lacks before a version: "1.2: domainname". Skipped on older ones. */
  readonly since?: string;
  /** Why runc, of any version, is no judge of this: a recorded deviation. Skipped on runc and crun. */
  readonly deviates?: string;
  readonly timeoutMs?: number;
}

export type Body = (t: Sandbox) => void | Promise<void>;

export interface Spec {
  (name: string, body: Body): void;
  (name: string, options: TestOptions, body: Body): void;
  run(): void;
}

export const counts = { passed: 0, failed: 0, skipped: 0 };

const DEFAULT_TIMEOUT_MS = 30_000;

/** A suite for one section of the specification; each test's name ends with its anchor. */
export function spec(name: string): Spec {
  if (process.env.SPEC_LIST) return listing(name);
  const suite = uvuSuite(name);
  const add = (title: string, first: TestOptions | Body, second?: Body) => {
    const options = typeof first === "function" ? {} : first;
    const body = typeof first === "function" ? first : second!;
    const filter = process.env.SPEC_TEST;
    if (filter && !title.includes(filter)) return;

    const reason = whyNot(options);
    if (reason !== null) {
      counts.skipped++;
      process.stdout.write(`skip ${name}: ${title}: ${reason}\n`);
      suite.skip(title);
      return;
    }
    const timeoutMs = patiently(options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    suite(title, () => runOne(title, body, timeoutMs));
  };
  return Object.assign(add, { run: () => suite.run() });
}

/** SPEC_LIST: the names of the tests, one a line, and nothing is run. */
function listing(name: string): Spec {
  const print = (title: string) => void process.stdout.write(`${name}: ${title}\n`);
  return Object.assign(print, { run: () => {} });
}

/** A failure that is not an assertion's: uvu prints its message as it is. */
function whyNot(options: TestOptions): string | null {
  const reason = unmet(["root", ...(options.needs ?? [])]);
  if (reason !== null) return reason;
  const under = reference();
  if (under === null) return null;
  if (options.deviates !== undefined) return `${under.name} deviates: ${options.deviates}`;
  if (options.since === undefined || under.name !== "runc") return null;
  const [version, what] = options.since.split(": ");
  return isAtLeast(under.version, version!)
    ? null
    : `since runc ${version}, this is ${under.version}: ${what}`;
}

async function runOne(title: string, body: Body, timeoutMs: number): Promise<void> {
  const sandbox = makeSandbox();
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`timed out after ${timeoutMs} ms`)), timeoutMs);
  });
  const started = process.hrtime.bigint();
  let failure: unknown;
  try {
    await Promise.race([Promise.resolve(body(sandbox)), limit]);
  } catch (error) {
    failure = error;
  } finally {
    clearTimeout(timer);
  }
  // A leak fails the test, but never hides why the test itself failed.
  const complaints = sandbox.complaints();
  const leaks = await sandbox.cleanUp().catch((error: unknown) => {
    failure ??= error;
    return [];
  });
  if (failure === undefined && leaks.length > 0)
    failure = new Error(`left behind: ${leaks.join("; ")}`);
  if (process.env.SPEC_VERBOSE) {
    const ms = Number((process.hrtime.bigint() - started) / 1_000_000n);
    process.stdout.write(`\n${failure === undefined ? "ok  " : "FAIL"} ${ms} ms  ${title}`);
  }
  if (
    failure !== undefined &&
    leaks.length === 0 &&
    isRefusal([...complaints, messageOf(failure)])
  ) {
    counts.skipped++;
    process.stdout.write(`\nrefused ${title}\n`);
    return;
  }
  if (failure === undefined) {
    counts.passed++;
    return;
  }
  counts.failed++;
  throw failure;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : "";
}

/** Where SPEC_DENIED ("openat2: ENOSYS") is made to fail around the runtime, a last line that says so will do. */
function isRefusal(complaints: readonly string[]): boolean {
  const denied = process.env.SPEC_DENIED;
  if (denied === undefined) return false;
  const line = new RegExp(`(?:^|\\n)[^\\n]*\\b${denied} [^\\n]*\\n$`);
  return complaints.some((text) => line.test(text));
}
