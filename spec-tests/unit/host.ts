// The addon, for what is loaded before a function could be given it.

import type { ContractHost } from "../contract/values.ts";

declare global {
  /** Set by the entry before it loads the tests. */
  var contractHost: ContractHost;
}

export const host = globalThis.contractHost;
