// The CLI on Node, for tests and coverage: the same main() over the same addon.

import process from "node:process";
import { main } from "../main.ts";
import { host } from "./addon.ts";

process.exitCode = await main(host, process.argv.slice(2), (name) => process.env[name]);
