// The entry that the launcher's development build runs in place of runtime/main.ts: all checks, one way of failing, or the
// unit tests, named by the first argument.

import type { Env } from "../../runtime/host/host.ts";
import { FAILURES } from "./failures.ts";
import { CHECKS, type ContractHost } from "./values.ts";

export async function main(host: ContractHost, argv: readonly string[], env: Env): Promise<number> {
  const [what = "", ...rest] = argv;
  const fail = FAILURES.get(what);
  if (fail) return fail(host, rest, env);
  if (what === "unit") {
    globalThis.contractHost = host;
    return (await import("../unit/run.ts")).runUnitTests();
  }
  return runChecks(host);
}

/** Prints one line per check; 0 when all hold. */
export function runChecks(host: ContractHost): number {
  let failed = 0;
  for (const [name, check] of CHECKS) {
    try {
      check(host);
      host.write(1, `ok ${name}\n`);
    } catch (error) {
      failed++;
      host.write(1, `FAIL ${name}: ${error instanceof Error ? error.message : error}\n`);
    }
  }
  return failed === 0 ? 0 : 1;
}
