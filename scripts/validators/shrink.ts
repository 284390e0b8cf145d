// Rewrites ajv's code: error objects become calls of fail(), and one list of failures is handed from function to
// function instead of being concatenated. Throws when the code is not of the shape that it knows. Pure.

const STEPS: readonly (readonly [what: string, pattern: RegExp, replacement: string])[] = [
  [
    "strict mode, default export, unused copies of the schema",
    /^"use strict";\n|^export default .*\n|^const schema\d+ = .*\n/gm,
    "",
  ],
  [
    "errors",
    /const err\d+ = \{instancePath(?::([^\n]+?))?,schemaPath:[^\n]+?,keyword:"(\w+)",params:(?:\{\w+: ("[^"\n]*")\}|([^\n{}]+))\};\nif\(vErrors === null\)\{\nvErrors = \[err\d+\];\n\}\nelse \{\nvErrors\.push\(err\d+\);\n\}\nerrors\+\+;/g,
    'vErrors = fail(vErrors, $1, "$2", $3$4);',
  ],
  ["errors at the place itself", /fail\(vErrors, , /g, "fail(vErrors, instancePath, "],
  [
    "calls",
    /if\(!\((validate\d+)\(([\w.[\]]+), \{instancePath:([^\n]+?),parentData:[^\n]+?\}\)\)\)\{\nvErrors = [^\n]+\nerrors = vErrors\.length;\n\}/g,
    "vErrors = $1($2, $3, vErrors);",
  ],
  [
    "functions",
    /function (validate\d+)\(data, \{instancePath="", parentData, parentDataProperty, rootData=data\}=\{\}\)\{\nlet vErrors = null;\nlet errors = 0;/g,
    'function $1(data, instancePath = "", vErrors = null) {',
  ],
  ["results", /\nvalidate\d+\.errors = vErrors;\nreturn errors === 0;/g, "\nreturn vErrors;"],
];

/** Whatever of these is left over, a step has missed. */
const LEFT_OVER = /schemaPath|errors = |errors\+\+|parentData|require\(|\.errors\b/;

export function shrink(code: string): string {
  let text = code;
  for (const [, pattern, replacement] of STEPS) text = text.replace(pattern, replacement);
  const left = LEFT_OVER.exec(text);
  if (left !== null) {
    throw new Error(
      `unexpected code: ${text.slice(Math.max(left.index - 400, 0), left.index + 400)}`,
    );
  }
  return `import { fail, isWithin } from "../checks.ts";\n${text}`;
}
