// Text -> value, with integers beyond 2^53 as bigints and syntax errors that read the same on every engine. Pure.
// A repeated key is harmless: the last one wins, as in every Go program that wrote or read the file before.

import { isOutOfMemory, RuntimeError } from "../errors.ts";
import { type JsonSyntaxError, parseStrictly } from "./json-text.ts";

export interface JsonOptions {
  /** Whether 16 or more digits stand in a row somewhere; without them no number can be beyond 2^53. */
  readonly hasBigIntegers: boolean;
  /** How messages call the file. */
  readonly document?: string;
}

type SourceReviver = (
  key: string,
  value: unknown,
  context?: { readonly source?: string },
) => unknown;
const parse = JSON.parse as (text: string, reviver?: SourceReviver) => unknown;

/** QuickJS and newer Nodes give revivers the source text; Node 20 does not. */
const HAS_SOURCE = parse("1", (_key, _value, context) => context?.source === "1") === true;

export function parseJson(text: string, document: string, hasBigIntegers: boolean): unknown {
  try {
    if (!hasBigIntegers) return parse(text);
    return HAS_SOURCE ? parse(text, reviveInteger) : parseStrictly(text);
  } catch (error) {
    // nothing is to be had by reading the text again
    if (isOutOfMemory(error)) throw error;
    throw syntaxError(text, document, error);
  }
}

/** Leaves all but integers that a double can't hold as they are. */
export const reviveInteger: SourceReviver = (_key, value, context) => {
  if (typeof value !== "number" || Number.isSafeInteger(value)) return value;
  const source = context?.source ?? "";
  return /^-?\d+$/.test(source) ? BigInt(source) : value;
};

/** The engines' own messages differ, so the text is read again for the place. */
function syntaxError(text: string, document: string, cause: unknown): RuntimeError {
  let message = String(cause);
  try {
    parseStrictly(text);
  } catch (error) {
    message = (error as JsonSyntaxError).message;
  }
  const problems = [{ at: "", message }];
  return new RuntimeError("ERR_CONFIG", `${document}: ${message}`, { at: "", problems, cause });
}
