// Profiles and the listings of their filters (fixtures/seccomp/golden): a change of the code that is made shows in review.

import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { disassemble } from "../../native/seccomp/test/module.ts";
import { profileText, type SeccompProfile } from "../../runtime/seccomp/profile.ts";
import { compile } from "./compiler.ts";
import { Tally } from "./tally.ts";

const FOLDER = "spec-tests/fixtures/seccomp/golden";

interface Golden {
  readonly native: string;
  readonly profile: SeccompProfile;
}

export function runGolden(isUpdate: boolean): Tally[] {
  const tally = new Tally("golden listings");
  for (const file of readdirSync(FOLDER).filter((name) => name.endsWith(".json"))) {
    const { native, profile } = JSON.parse(readFileSync(`${FOLDER}/${file}`, "utf8")) as Golden;
    const listing = `${FOLDER}/${file.replace(".json", ".txt")}`;
    const found = disassemble(compile(profileText(profile, native).text));
    if (isUpdate) writeFileSync(listing, found);
    const expected = existsSync(listing) ? readFileSync(listing, "utf8") : "";
    tally.check(found === expected, () => `${listing} differs: run with --update, read the diff`);
  }
  return [tally];
}
