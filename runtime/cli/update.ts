// `trunc update`: changes the limits of a container, by options or by the JSON that engines send.

import { writeJson } from "../config/json-write.ts";
import { parseResources } from "../config/parse-resources.ts";
import { RuntimeError } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { attempt } from "../lifecycle/syscall.ts";
import { updateContainer } from "../lifecycle/update.ts";
import type { Change } from "../plan/cgroup/update.ts";
import { countOf, type OptionValue, textOf } from "./args.ts";
import { type Context, DONE, type Outcome } from "./context.ts";
import { factsOf, isRootless } from "./facts.ts";
import { parseInteger, parseSize } from "./sizes.ts";
import { storeOf } from "./store.ts";

export { OPTIONS } from "./update-options.ts";

/** More is a mistake. */
const RESOURCES_LIMIT = 16 << 20;

export function run(context: Context): Outcome {
  const { host, values } = context;
  const facts = factsOf(host);
  const source = textOf(values, "resources");
  const change = source === undefined ? byOptions(host, values) : byFile(host, source);
  const caller = { facts, isRootless: isRootless(context, facts) };
  for (const warning of updateContainer(storeOf(context), context.args[0]!, change, caller)) {
    context.warn(warning);
  }
  return DONE;
}

/** All other options are ignored then, as by runc. */
function byFile(host: Host, source: string): Change {
  const document = source === "-" ? "standard input" : source;
  const { text, hasBigIntegers } = attempt(`read the resources from ${document}`, () =>
    source === "-" ? host.readStdin(RESOURCES_LIMIT) : host.readText(source, RESOURCES_LIMIT),
  );
  return { resources: parseResources(text, { hasBigIntegers, document }) };
}

type Kind = "text" | "size" | "integer" | "natural";

/** The options that set one value, and where that value is in the resources. */
const SETTINGS: readonly (readonly [
  option: string,
  section: "cpu" | "memory",
  key: string,
  kind: Kind,
])[] = [
  ["cpu-period", "cpu", "period", "natural"],
  ["cpu-quota", "cpu", "quota", "integer"],
  ["cpu-burst", "cpu", "burst", "natural"],
  ["cpu-share", "cpu", "shares", "natural"],
  ["cpu-rt-period", "cpu", "realtimePeriod", "natural"],
  ["cpu-rt-runtime", "cpu", "realtimeRuntime", "integer"],
  ["cpu-idle", "cpu", "idle", "integer"],
  ["cpuset-cpus", "cpu", "cpus", "text"],
  ["cpuset-mems", "cpu", "mems", "text"],
  ["memory", "memory", "limit", "size"],
  ["memory-reservation", "memory", "reservation", "size"],
  ["memory-swap", "memory", "swap", "size"],
  ["kernel-memory", "memory", "kernel", "size"],
  ["kernel-memory-tcp", "memory", "kernelTCP", "size"],
];

function byOptions(host: Host, values: ReadonlyMap<string, OptionValue>): Change {
  const sections = { cpu: new Map<string, unknown>(), memory: new Map<string, unknown>() };
  for (const [option, section, key, kind] of SETTINGS) {
    const text = textOf(values, option);
    if (text !== undefined) sections[section].set(key, parsedValue(text, option, kind));
  }
  const { cpu, memory } = sections;
  const weight = countOf(values, "blkio-weight");
  const given = {
    ...(cpu.size > 0 && { cpu: Object.fromEntries(cpu) }),
    ...(memory.size > 0 && { memory: Object.fromEntries(memory) }),
    ...(weight !== 0 && { blockIO: { weight } }),
    ...(values.has("pids-limit") && { pids: { limit: countOf(values, "pids-limit") } }),
  };
  // the same checks, and the same messages, as for the JSON
  const resources = parseResources(writeJson(given), { hasBigIntegers: true, document: "update" });
  const intelRdt = rdtOf(host, values);
  return { resources, ...(intelRdt !== undefined && { intelRdt }) };
}

function parsedValue(text: string, option: string, kind: Kind): unknown {
  switch (kind) {
    case "text":
      return text;
    case "size":
      return parseSize(text, option);
    case "integer":
    case "natural":
      return parseInteger(text, option, kind === "integer");
    default:
      return kind satisfies never;
  }
}

function rdtOf(host: Host, values: ReadonlyMap<string, OptionValue>): Change["intelRdt"] {
  const l3CacheSchema = textOf(values, "l3-cache-schema");
  const memBwSchema = textOf(values, "mem-bw-schema");
  const isThere = (name: string) => host.exists(`/sys/fs/resctrl/info/${name}`);
  if (l3CacheSchema !== undefined && !isThere("L3")) {
    throw notEnabled("Intel RDT/CAT: l3 cache schema is not enabled");
  }
  if (memBwSchema !== undefined && !isThere("MB")) {
    throw notEnabled("Intel RDT/MBA: memory bandwidth schema is not enabled");
  }
  if (l3CacheSchema === undefined && memBwSchema === undefined) return undefined;
  return {
    ...(l3CacheSchema !== undefined && { l3CacheSchema }),
    ...(memBwSchema !== undefined && { memBwSchema }),
  };
}

function notEnabled(message: string): RuntimeError {
  return new RuntimeError("ERR_STATE", message, {
    hint: "the processor and the kernel must support it, and resctrl be mounted at /sys/fs/resctrl",
  });
}
