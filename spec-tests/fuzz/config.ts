// Targets: documents as config.json, in this process on Node (parse, compile, cross N-API) and in the launcher (explain).

import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseConfig } from "../../runtime/config/parse.ts";
import { RuntimeError } from "../../runtime/errors.ts";
import type { Plan } from "../../runtime/host/host.ts";
import { host } from "../../runtime/node/addon.ts";
import { compilePlan } from "../../runtime/plan/compile.ts";
import { explainJson, explainText } from "../../runtime/plan/explain.ts";
import { OPTIONS, someFacts, V1, V2 } from "../../runtime/plan/testing.ts";
import { Config } from "../../schemas/config.ts";
import { defaultConfig } from "../harness/default-config.ts";
import { runtimePath } from "../harness/runtime.ts";
import {
  makeValue,
  mutated,
  propertiesOf,
  type Schema,
  spoiled,
  textOfValue,
} from "./documents.ts";
import { oneIn, pick, type Random } from "./random.ts";
import { badEnd, badMessage, MAX_MESSAGE, type Target } from "./target.ts";

const ENGINES = "spec-tests/fixtures/engines";
const SCHEMA = Config as unknown as Schema;
const PROPERTIES = propertiesOf(SCHEMA);

const HOSTS = [
  someFacts({ cgroup: V2 }),
  someFacts({ cgroup: V1, apparmor: true, selinux: true }),
  someFacts({ euid: 1000, egid: 1000, cgroup: V1 }),
  someFacts({ inUserNamespace: true, deniesSetgroups: true }),
];

/** What engines send, to change one place of. */
function seeds(): unknown[] {
  const files = readdirSync(ENGINES).filter(
    (name) => name.endsWith(".json") && !name.includes("-exec-"),
  );
  return [
    defaultConfig(),
    ...files.map((name) => JSON.parse(readFileSync(join(ENGINES, name), "utf8"))),
  ];
}

function maker(): Target["make"] {
  const known = seeds();
  return (random: Random, index: number) => {
    const wanted = PROPERTIES[index % PROPERTIES.length]!;
    const document = oneIn(random, 2)
      ? makeValue(SCHEMA, random, wanted)
      : mutated(pick(random, known), random);
    const text = textOfValue(document);
    return oneIn(random, 4) ? spoiled(text, random) : text;
  };
}

export function inProcess(corpus: ReadonlyMap<string, string>): Target {
  return {
    name: "config",
    what: "config.json read, compiled and handed to Rust, on Node",
    weight: 3,
    corpus,
    make: maker(),
    check: (input) => {
      for (const facts of HOSTS) {
        const wrong = outcome(input, facts).wrong;
        if (wrong !== undefined) return wrong;
      }
      return null;
    },
  };
}

/** The message of a refusal, or none; what is wrong with either. */
function outcome(
  text: string,
  facts: (typeof HOSTS)[number],
): { message?: string; wrong?: string } {
  try {
    const config = parseConfig(text, { hasBigIntegers: /\d{16}/.test(text) });
    const { plan } = compilePlan(config, facts, OPTIONS);
    explainText(plan);
    explainJson(plan);
    // converts every field of every step; nothing is done yet
    new host.Launch(plan as Plan, { trace: false }).close();
    return {};
  } catch (error) {
    if (!(error instanceof RuntimeError))
      return { wrong: `throws ${(error as Error).stack ?? error}` };
    const { message, code } = error;
    if (code !== "ERR_CONFIG" && code !== "ERR_PLAN") return { wrong: `${code}: ${message}` };
    if (message.length > MAX_MESSAGE) return { wrong: `${message.length} characters of message` };
    // a value that is quoted may have any words in it
    const bad = badMessage(message.replace(/"(?:[^"\\]|\\.)*"/g, '""'));
    return bad === null ? { message } : { wrong: bad };
  }
}

/** The launcher, as a user would: no crash, no hang, one line, little memory; and it accepts what Node accepts. */
export function inLauncher(corpus: ReadonlyMap<string, string>, directory: string): Target {
  return {
    name: "explain",
    what: "config.json in the launcher: the same verdict as on Node, within its limits",
    weight: 2,
    corpus,
    make: maker(),
    check: (input) => {
      writeFileSync(join(directory, "config.json"), input);
      const { status, signal, stderr, error } = spawnSync(runtimePath(), ["explain", directory], {
        encoding: "utf8",
        timeout: 60_000,
        maxBuffer: 64 << 20,
      });
      const isTimeout = (error as NodeJS.ErrnoException | undefined)?.code === "ETIMEDOUT";
      const quoted = stderr.replace(/"(?:[^"\\\n]|\\.)*"/g, '""');
      const bad = badEnd({ status, signal, stderr: quoted, isTimeout });
      if (bad !== null) return bad;
      return sameVerdict(directory, stderr);
    },
  };
}

/** Only reading: what the plan makes of a config depends on the machine. */
function sameVerdict(directory: string, stderr: string): string | null {
  // as the launcher does: bytes that are no UTF-8 never reach a parser
  const text = readFileSync(join(directory, "config.json"), "utf8");
  let theirs: string | undefined;
  try {
    parseConfig(text, { hasBigIntegers: /\d{16}/.test(text) });
  } catch (error) {
    theirs = (error as Error).message;
  }
  const isRefused = /^trunc: (?!warning: )config\.json: /m.test(stderr);
  if (isRefused === (theirs !== undefined)) return null;
  return `Node says ${theirs ?? "yes"}, the launcher ${isRefused ? stderr : "yes"}`;
}
