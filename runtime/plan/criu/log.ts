// What CRIU answered, and its log -> what of it goes into the one line of an error. Pure.

/** The first error is the cause; what follows tells where it led to. */
const MAX_LINES = 3;
const MAX_LENGTH = 600;

/** `criu failed: type DUMP errno 0: ` and the first errors of the log; without a log, those of the answer. */
export function failureText(answer: string, log: string): string {
  // what follows the number is CRIU's errors with their places, line by line
  const [, head = answer, words = ""] =
    /^(criu failed: type \w+ errno \d+)(?:: (.*))?$/s.exec(answer) ?? [];
  const reason = excerptOf(log) || excerptOf(words);
  return reason === "" ? head : `${head}: ${reason}`;
}

/** The first errors of a log, without times and source places; empty when it has none. */
export function excerptOf(log: string): string {
  const words: string[] = [];
  for (const line of log.split("\n")) {
    const error = /^(?:\([\d.]+\))?\s*(?:\d+:\s+)?Error \([^)]*\): (.*)$/.exec(line.trimEnd())?.[1];
    if (error === undefined || words.includes(error)) continue;
    words.push(error);
    if (words.length === MAX_LINES) break;
  }
  const text = words.join("; ");
  return text.length <= MAX_LENGTH ? text : `${text.slice(0, MAX_LENGTH)}...`;
}
