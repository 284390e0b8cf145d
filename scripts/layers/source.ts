// Reads sources just well enough for the checks: import specifiers, and code without comments and text.

/** Every specifier in `import ... from`, `export ... from`, `import "x"` and `import("x")`. */
export function importsOf(text: string): { specifier: string; line: number }[] {
  const pattern = /\bfrom\s+"([^"]+)"|\bimport\s*\(\s*"([^"]+)"\s*\)|^import\s+"([^"]+)"/gm;
  return [...withoutComments(text).matchAll(pattern)].map((match) => ({
    specifier: match[1] ?? match[2] ?? match[3] ?? "",
    line: text.slice(0, match.index).split("\n").length,
  }));
}

/** Comments and string contents become blanks, so that line numbers stay. */
export function codeOf(text: string): string {
  return withoutComments(text).replaceAll(/"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/g, (literal) =>
    blanks(literal),
  );
}

function withoutComments(text: string): string {
  // Strings are matched too, and kept: they may hold what looks like a comment.
  return text.replaceAll(
    /"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`|\/\/[^\n]*|\/\*[\s\S]*?\*\//g,
    (match) => (match.startsWith("/") ? blanks(match) : match),
  );
}

function blanks(text: string): string {
  return text.replaceAll(/[^\n]/g, " ");
}
