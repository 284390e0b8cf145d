// Sentences of the specification + rules + titles of tests -> which tests check which sentence. Pure.

import type { Sentence } from "./sentences.ts";

/** Links sentences to tests, or says why there is none. */
export interface Rule {
  /** Which sentences: their anchor begins so... */
  readonly at: string;
  /** ...and their excerpt has this; absent for all that are left there. */
  readonly says?: RegExp;
  /** `file: title` begins with one of these; each must fit some test. */
  readonly tests?: readonly string[];
  /** Unit tests beside the module that decides, where no machine shows it. */
  readonly unit?: readonly string[];
  /** Why there is no test, or what is different here. */
  readonly because?: string;
}

export interface Linked {
  readonly sentence: Sentence;
  readonly tests: readonly Found[];
  readonly unit: readonly string[];
  readonly because?: string;
}

/** What a rule calls its tests, and which those are. */
export interface Found {
  readonly name: string;
  readonly titles: readonly string[];
}

export interface Coverage {
  readonly linked: readonly Linked[];
  /** Sentences without a rule, rules without a sentence, names without a test. */
  readonly problems: readonly string[];
}

/** The first rule that fits a sentence counts. */
export function link(
  sentences: readonly Sentence[],
  rules: readonly Rule[],
  titles: readonly string[],
): Coverage {
  const problems: string[] = [];
  const used = new Set<Rule>();
  const linked = sentences.flatMap((sentence): Linked[] => {
    const rule = rules.find((one) => fits(one, sentence));
    if (rule === undefined) {
      problems.push(`no rule for ${sentence.anchor}: ${sentence.excerpt}`);
      return [];
    }
    used.add(rule);
    const { tests = [], unit = [], because } = rule;
    if (tests.length + unit.length === 0 && because === undefined)
      problems.push(`neither a test nor a reason for ${sentence.anchor}: ${sentence.excerpt}`);
    const found = tests.map((name): Found => {
      const fitting = titles.filter((title) => title.startsWith(name));
      if (fitting.length === 0) problems.push(`no test "${name}" (${rule.at} ${rule.says ?? ""})`);
      return { name, titles: fitting };
    });
    return [{ sentence, tests: found, unit, ...(because !== undefined && { because }) }];
  });
  for (const rule of rules)
    if (!used.has(rule)) problems.push(`no sentence for the rule ${rule.at} ${rule.says ?? ""}`);
  return { linked, problems: [...new Set(problems)] };
}

function fits({ at, says }: Rule, { anchor, excerpt }: Sentence): boolean {
  const isThere = anchor === at || (at.endsWith("*") && anchor.startsWith(at.slice(0, -1)));
  return isThere && (says?.test(excerpt) ?? true);
}
