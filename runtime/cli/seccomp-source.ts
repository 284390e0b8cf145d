// What `trunc seccomp` is given -> a checked profile: of a bundle's config.json, or of a file that holds a profile alone, in
// the form of linux.seccomp. Effects through the host.

import { isDirectory } from "../check/program.ts";
import { parseJson } from "../config/json.ts";
import { parseConfig } from "../config/parse.ts";
import { configError, RuntimeError } from "../errors.ts";
import { attempt } from "../lifecycle/syscall.ts";
import { profileText, type SeccompProfile } from "../seccomp/profile.ts";
import { CONFIG_LIMIT, readConfig } from "./bundle.ts";
import type { Context } from "./context.ts";

export interface SourceProfile {
  readonly profile: SeccompProfile;
  /** For the compiler. */
  readonly text: string;
  readonly nativeAbi: string;
  /** What messages call the file. */
  readonly document: string;
}

export function readProfile(context: Context, given: string): SourceProfile {
  const { host } = context;
  const path = attempt(`read ${given}`, () => host.realPath(given));
  const file = host.inspect(path);
  const isBundle = file !== null && isDirectory({ ...file, head: new Uint8Array() });
  const document = isBundle ? "config.json" : path;
  const read = isBundle
    ? readConfig(context, path)
    : attempt(`read ${path}`, () => host.readText(path, CONFIG_LIMIT));
  const options = { hasBigIntegers: read.hasBigIntegers, document };
  const { linux } = parseConfig(
    isBundle ? read.text : configText(read.text, document, options.hasBigIntegers),
    options,
  );
  const nativeAbi = host.facts().arch;
  const profile = linux?.seccomp ?? {};
  const { text, problems } = profileText(profile, nativeAbi);
  if (problems.length > 0) throw configError(document, problems);
  if (text === "") {
    throw new RuntimeError(
      "ERR_CONFIG",
      `${document}: /linux/seccomp: is not there: no system call is filtered`,
      { at: "/linux/seccomp" },
    );
  }
  return { profile, text, nativeAbi, document };
}

/** The file's own text where it is a config.json; else one around it, so that a profile is checked as in a container. */
function configText(text: string, document: string, hasBigIntegers: boolean): string {
  const value = parseJson(text, document, hasBigIntegers);
  const keys = new Set(typeof value === "object" && value !== null ? Object.keys(value) : []);
  if (keys.has("ociVersion")) return text;
  if (keys.has("archMap")) {
    throw new RuntimeError(
      "ERR_CONFIG",
      `${document}: is a profile for an engine ("archMap"), which makes the container's of it`,
      { hint: "the container's is linux.seccomp of its config.json: name its bundle" },
    );
  }
  const head = `{"ociVersion":"1.3.0","root":{"path":"rootfs"},"process":{"cwd":"/","args":["sh"]}`;
  return `${head},"linux":{"seccomp":${text}}}`;
}
