// What a box reports about each feature, one JSON line each, and how the lines of two runtimes are judged together.

export interface Report {
  readonly engine: string;
  readonly runtime: string;
  readonly feature: string;
  /** null: it passed. */
  readonly error: string | null;
  readonly ms: number;
}

export type Verdict =
  | { readonly kind: "PASS" }
  | { readonly kind: "FAIL"; readonly error: string }
  | { readonly kind: "cannot here"; readonly reason: string }
  | { readonly kind: "deviates"; readonly reason: string };

/** What a machine may lack, or the reference does wrong, as engines and runtimes tell it. */
export interface Limit {
  readonly pattern: RegExp;
  readonly reason: string;
}

/** The reference's own: what it fails on record, and as recorded, is told apart. */
export function judgeReference(verdict: Verdict, deviates: Limit | undefined): Verdict {
  if (verdict.kind !== "FAIL" || deviates?.pattern.test(verdict.error) !== true) return verdict;
  return { kind: "deviates", reason: deviates.reason };
}

/**
 * A failure that names a limit of the machine is one only if the reference failed for the same: `other` is its report
 * on the same feature, undefined when it was not run.
 */
export function judge(
  report: Report,
  other: Report | undefined,
  limits: readonly Limit[],
): Verdict {
  if (report.error === null) return { kind: "PASS" };
  const limit = limitOf(report.error, limits);
  if (limit !== null && other !== undefined && other.error !== null)
    if (limitOf(other.error, limits) === limit)
      return { kind: "cannot here", reason: limit.reason };
  return { kind: "FAIL", error: report.error };
}

export function limitOf(error: string, limits: readonly Limit[]): Limit | null {
  return limits.find(({ pattern }) => pattern.test(error)) ?? null;
}
