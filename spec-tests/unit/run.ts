// The unit tests of runtime/ on the engine that trunc has inside; elsewhere they run on Node's. Part of the launcher's development
// build: `trunc-contract unit`, in the top folder of the sources.

import { process } from "./globals.ts";
import "./all.ts";
import { exec } from "uvu";

/** Prints what uvu prints; 0 when all tests passed. */
export async function runUnitTests(): Promise<number> {
  await exec();
  return process.exitCode;
}
