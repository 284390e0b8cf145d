// A strict JSON reader for the two cases in which JSON.parse won't do: to say where a syntax error is, and to
// keep large integers exact on an engine whose revivers don't see the source text. Pure.
// Spec: RFC 8259

/** Deep enough for any config, shallow enough for QuickJS's stack. */
const MAX_DEPTH = 1000;

const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?<fraction>\.\d+)?(?<exponent>[eE][+-]?\d+)?/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: RFC 8259 forbids exactly these.
const STRING = /"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\u0000-\u001f]*)*"/y;
const WORDS = new Map<string, null | boolean>([
  ["null", null],
  ["true", true],
  ["false", false],
]);
const WORD = /[a-z]+/y;

export class JsonSyntaxError extends Error {
  constructor(text: string, offset: number, message: string) {
    const before = text.slice(0, offset).split("\n");
    const column = (before.at(-1)?.length ?? 0) + 1;
    super(`line ${before.length}, column ${column}: ${message}`);
  }
}

/** The value, with integers beyond 2^53 as bigints. Throws JsonSyntaxError. */
export function parseStrictly(text: string): unknown {
  const reader = { text, offset: 0, depth: 0 };
  const value = readValue(reader, "a value");
  skipSpace(reader);
  if (reader.offset < text.length) throw unexpected(reader, "the end of the file");
  return value;
}

interface Reader {
  readonly text: string;
  offset: number;
  depth: number;
}

function readValue(reader: Reader, expected: string): unknown {
  skipSpace(reader);
  switch (reader.text[reader.offset]) {
    case "{":
      return nested(reader, readObject);
    case "[":
      return nested(reader, readArray);
    case '"':
      return readString(reader);
    default:
      return readScalar(reader, expected);
  }
}

function nested(reader: Reader, read: (reader: Reader) => unknown): unknown {
  if (reader.depth === MAX_DEPTH) {
    throw new JsonSyntaxError(
      reader.text,
      reader.offset,
      `nested more than ${MAX_DEPTH} levels deep`,
    );
  }
  reader.offset += 1;
  reader.depth += 1;
  const value = read(reader);
  reader.depth -= 1;
  return value;
}

/** fromEntries makes `__proto__` a property like any other, as JSON.parse does. */
function readObject(reader: Reader): object {
  const entries: [string, unknown][] = [];
  if (take(reader, "}")) return {};
  do {
    skipSpace(reader);
    if (reader.text[reader.offset] !== '"') throw unexpected(reader, "a key in double quotes");
    const key = readString(reader);
    if (!take(reader, ":")) throw unexpected(reader, '":" after the key');
    entries.push([key, readValue(reader, "a value")]);
  } while (take(reader, ","));
  if (!take(reader, "}")) throw unexpected(reader, '"," or "}"');
  return Object.fromEntries(entries);
}

function readArray(reader: Reader): unknown[] {
  const items: unknown[] = [];
  if (take(reader, "]")) return items;
  do items.push(readValue(reader, "a value"));
  while (take(reader, ","));
  if (!take(reader, "]")) throw unexpected(reader, '"," or "]"');
  return items;
}

function readString(reader: Reader): string {
  const source = match(reader, STRING)?.[0];
  if (source !== undefined) return JSON.parse(source) as string;
  throw badString(reader);
}

function readScalar(reader: Reader, expected: string): unknown {
  const number = match(reader, NUMBER);
  if (number !== null) return toNumber(number);
  const start = reader.offset;
  const word = match(reader, WORD)?.[0];
  if (word !== undefined && WORDS.has(word)) return WORDS.get(word);
  reader.offset = start;
  throw unexpected(reader, expected);
}

function toNumber({ 0: source, groups }: RegExpExecArray): number | bigint {
  const value = Number(source);
  const isInteger = groups?.fraction === undefined && groups?.exponent === undefined;
  return isInteger && !Number.isSafeInteger(value) ? BigInt(source) : value;
}

function skipSpace(reader: Reader): void {
  match(reader, SPACE);
}

function take(reader: Reader, character: string): boolean {
  skipSpace(reader);
  if (reader.text[reader.offset] !== character) return false;
  reader.offset += 1;
  return true;
}

function match(reader: Reader, pattern: RegExp): RegExpExecArray | null {
  pattern.lastIndex = reader.offset;
  const found = pattern.exec(reader.text);
  if (found !== null) reader.offset = pattern.lastIndex;
  return found;
}

/** The longest good beginning of the string says where it goes wrong. */
function badString(reader: Reader): JsonSyntaxError {
  const good = new RegExp(STRING.source.replace(/"$/, ""), "y");
  match(reader, good);
  const next = reader.text[reader.offset];
  if (next === "\\") return unexpected(reader, "a valid escape sequence");
  if (next === undefined) return unexpected(reader, "the end of the string");
  return unexpected(reader, "an escape sequence in place of a control character");
}

function unexpected(reader: Reader, expected: string): JsonSyntaxError {
  const next = reader.text.codePointAt(reader.offset);
  const found = next === undefined ? "the file ends" : `found ${quote(next)}`;
  return new JsonSyntaxError(reader.text, reader.offset, `expected ${expected}, ${found}`);
}

function quote(codePoint: number): string {
  const isPlain = codePoint >= 0x20 && codePoint < 0x7f;
  const character = String.fromCodePoint(codePoint);
  if (isPlain) return JSON.stringify(character);
  return `U+${codePoint.toString(16).toUpperCase().padStart(4, "0")}`;
}
