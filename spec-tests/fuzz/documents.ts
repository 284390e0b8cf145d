// A schema -> documents that keep most of it, and their texts with what no serializer would write.

import { oddText, oddValue, oneIn, pick, type Random } from "./random.ts";

/** As much of JSON Schema as the project's schemas use. */
export interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** Every property of the schema: `linux/resources/memory/limit`. */
export function propertiesOf(schema: Schema, path: readonly string[] = []): string[][] {
  const found = Object.entries(schema.properties ?? {}).flatMap(([name, child]) => [
    [...path, name],
    ...propertiesOf(child, [...path, name]),
  ]);
  const inner = [schema.items, ...(schema.anyOf ?? [])].filter((child) => child !== undefined);
  return [...found, ...inner.flatMap((child) => propertiesOf(child, path))];
}

/** A value of the schema, now and then something else; the property at `wanted` is surely there. */
export function makeValue(schema: Schema, random: Random, wanted: readonly string[]): unknown {
  if (oneIn(random, 60)) return oddValue(random);
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return pick(random, schema.enum);
  if (schema.anyOf !== undefined) return makeValue(pick(random, schema.anyOf), random, wanted);
  switch (schema.type) {
    case "object":
      return objectOf(schema, random, wanted);
    case "array": {
      const length = wanted.length > 0 ? 1 + random(2) : random(4);
      return Array.from({ length }, () => makeValue(schema.items ?? {}, random, wanted));
    }
    case "integer":
      return integerOf(schema, random);
    case "boolean":
      return oneIn(random, 2);
    case "string":
      return textOf(random);
    default:
      return oddValue(random);
  }
}

function objectOf(schema: Schema, random: Random, wanted: readonly string[]): unknown {
  const { properties = {}, patternProperties = {}, required = [] } = schema;
  const made: Record<string, unknown> = {};
  for (const [name, child] of Object.entries(properties)) {
    const isWanted = wanted[0] === name;
    const isKept = required.includes(name) ? !oneIn(random, 40) : oneIn(random, 6);
    if (isWanted || isKept) made[name] = makeValue(child, random, isWanted ? wanted.slice(1) : []);
  }
  for (const child of Object.values(patternProperties)) {
    for (let i = random(3); i > 0; i--) made[textOf(random)] = makeValue(child, random, []);
  }
  if (oneIn(random, 30)) made[oddText(random)] = oddValue(random);
  return made;
}

function integerOf({ minimum = 0, maximum = 100 }: Schema, random: Random): unknown {
  const edges = [minimum, maximum, minimum - 1, maximum + 1, 0, 1, random(70_000)];
  const value = pick(random, edges);
  return Number.isSafeInteger(value) ? value : BigInt(value);
}

const TEXTS = [
  ...["/", "/proc", "/dev", "/sys/fs/cgroup", "/tmp/x", "rootfs", "/bin/sh", "1.3.0", "1.0.2-dev"],
  ...[
    "PATH=/bin",
    "A=b",
    "tmpfs",
    "proc",
    "sysfs",
    "cgroup",
    "cgroup2",
    "devpts",
    "overlay",
    "bind",
  ],
  ...[
    "ro",
    "rbind",
    "rshared",
    "size=64k",
    "mode=755",
    "idmap",
    "tmpcopyup",
    "net.ipv4.ip_forward",
  ],
  ...["0-3", "1", "rwm", "2MB", "memory.high", "lowerdir=/a:/b"],
];

const textOf = (random: Random): string =>
  oneIn(random, 8) ? oddText(random) : pick(random, TEXTS);

/** Changes one place of a document that was right. */
export function mutated(root: unknown, random: Random): unknown {
  const copy = structuredClone(root);
  let here: unknown = copy;
  for (let depth = 0; depth < 12; depth++) {
    if (typeof here !== "object" || here === null) return copy;
    const holder = here as Record<string, unknown>;
    const keys = Object.keys(holder);
    if (keys.length === 0) return copy;
    const key = pick(random, keys);
    const isEnd = oneIn(random, 3) || typeof holder[key] !== "object" || holder[key] === null;
    if (!isEnd) here = holder[key];
    else if (oneIn(random, 4)) {
      delete holder[key];
      return copy;
    } else {
      holder[key] = oddValue(random);
      return copy;
    }
  }
  return copy;
}

/** JSON with bigints as the numbers they are, and lone surrogates as they are. */
export function textOfValue(value: unknown): string {
  const text = JSON.stringify(value, (_, item) =>
    typeof item === "bigint" ? `<${item}n>` : Object.is(item, -0) ? "<-0n>" : item,
  );
  return (text ?? "null").replace(/"<(-?\d+)n>"/g, "$1");
}

/** What no serializer writes. */
export function spoiled(text: string, random: Random): string {
  const at = random(text.length + 1);
  switch (random(10)) {
    case 0:
      return text.slice(0, at);
    case 1:
      return (
        text.slice(0, at) +
        pick(random, ["\u0000", "\\", '"', "}", "]", ",", "é", "\u2028"]) +
        text.slice(at)
      );
    case 2:
      return `\ufeff${text}`;
    case 3:
      return text.replace(/"(\w+)":/, '"$1":null,"$1":');
    case 4:
      return text.replace(/:\s*(\d+)/, ":$1e9999");
    case 5:
      return text.replace(/"(\w)(\w*)":/, '"\\u0070$2":');
    case 6:
      return `${text}${text}`;
    case 7:
      return text.replace(/:"[^"]*"/, ':"\\ud800\\u0000"');
    case 8:
      return text.replaceAll(",", "\n,\t");
    default:
      return text.replace(/:\{/, ':{"__proto__":{"x":1},');
  }
}
