// A mistyped word -> the one that was meant, if any is near enough. Pure; loaded for the message of an error only.

/** The candidate that is fewest edits away, if that are at most two and fewer than the word has letters. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Math.min(3, word.length);
  for (const candidate of candidates) {
    const edits = distance(word, candidate);
    if (edits >= least) continue;
    least = edits;
    best = candidate;
  }
  return best;
}

/** Damerau and Levenshtein's, restricted: letters that are missing, too many, others, or two that are exchanged. */
function distance(one: string, other: string): number {
  let before: number[] = [];
  let above = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let row = 1; row <= one.length; row++) {
    const current = [row];
    for (let column = 1; column <= other.length; column++) {
      const isSame = one[row - 1] === other[column - 1];
      let edits = Math.min(above[column]! + 1, current[column - 1]! + 1);
      edits = Math.min(edits, above[column - 1]! + (isSame ? 0 : 1));
      const isExchange = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      if (row > 1 && column > 1 && isExchange) edits = Math.min(edits, before[column - 2]! + 1);
      current.push(edits);
    }
    [before, above] = [above, current];
  }
  return above[other.length]!;
}
