// The forms of the kernel's statistics files -> values. Pure.
// Source: Documentation/admin-guide/cgroup-v1, cgroup-v2.rst, accounting/psi.rst

/** A 64-bit counter: a number while it is safe. */
export type Count = number | bigint;

/** The text of a file of the container's cgroups; null where there is no such file. File names are unique among them. */
export type Read = (file: string) => string | null;

/** What `max` and "no limit" are in runc's output. */
export const NO_LIMIT = 2n ** 64n - 1n;

/** `4096`, `max` or, below zero in a counter that raced, 0; 0 also where there is no file. */
export function countOf(text: string | null): Count {
  const word = text?.trim() ?? "";
  if (word === "max") return NO_LIMIT;
  if (!/^\d+$/.test(word)) return 0;
  const number = Number(word);
  return Number.isSafeInteger(number) ? number : BigInt(word);
}

/** Lines `key value`. */
export function countsOf(text: string | null): Map<string, Count> {
  const counts = new Map<string, Count>();
  for (const line of linesOf(text)) {
    const [key, value] = line.split(" ");
    if (key !== undefined && value !== undefined) counts.set(key, countOf(value));
  }
  return counts;
}

export function linesOf(text: string | null): string[] {
  return (text ?? "").split("\n").filter((line) => line !== "");
}

export function sum(one: Count, other: Count): Count {
  return countOf(String(BigInt(one) + BigInt(other)));
}

export function times(count: Count, factor: number): Count {
  return countOf(String(BigInt(count) * BigInt(factor)));
}

/** `0-2,7`: each number. */
export function listOf(text: string | null): number[] {
  return (text?.trim() ?? "")
    .split(",")
    .filter((part) => part !== "")
    .flatMap((part) => {
      const [first = 0, last = first] = part.split("-").map(Number);
      return Array.from({ length: last - first + 1 }, (_, index) => first + index);
    });
}

/** A copy without the named properties where they are 0 or empty: runc leaves them out. */
export function withoutEmpty<Part extends object>(
  part: Part,
  ...names: (keyof Part)[]
): Partial<Part> {
  const copy: Partial<Part> = { ...part };
  for (const name of names) if (isEmpty(copy[name])) delete copy[name];
  return copy;
}

/** Undefined where all that it holds is 0 or empty: runc leaves such parts out. */
export function unlessEmpty<Part extends object>(part: Part): Part | undefined {
  return Object.values(part).every(isEmpty) ? undefined : part;
}

function isEmpty(value: unknown): boolean {
  return (
    value === undefined ||
    value === "" ||
    value === 0 ||
    (Array.isArray(value) && value.length === 0)
  );
}

export interface Pressure {
  readonly avg10: number;
  readonly avg60: number;
  readonly avg300: number;
  /** Microseconds. */
  readonly total: Count;
}

/** Lines `some avg10=0.00 avg60=0.00 avg300=0.00 total=0`; undefined without them. */
export function pressureOf(text: string | null): { some: Pressure; full: Pressure } | undefined {
  const lines = linesOf(text);
  if (lines.length === 0) return undefined;
  const lineOf = (name: string): Pressure => {
    const words = lines.find((line) => line.startsWith(`${name} `))?.split(" ") ?? [];
    const values = new Map(words.map((word) => word.split("=") as [string, string]));
    const average = (key: string) => Number(values.get(key) ?? 0);
    return {
      avg10: average("avg10"),
      avg60: average("avg60"),
      avg300: average("avg300"),
      total: countOf(values.get("total") ?? null),
    };
  };
  return { some: lineOf("some"), full: lineOf("full") };
}
