// The contract on Node: the same checks that the launcher runs.

import { createRequire } from "node:module";
import { suite } from "uvu";
import { CHECKS, type ContractHost } from "./values.ts";

const test = suite("contract on Node");
const host: ContractHost = createRequire(import.meta.url)("../../dist/addon/contract.node");

for (const [name, check] of CHECKS) test(name, () => check(host));

test.run();
