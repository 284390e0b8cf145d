// The keywords that leaf schemas are lowered to: each one expression in the generated code, its schema as detail.

import { _, type Code, type CodeKeywordDefinition, type KeywordCxt, Name, stringify } from "ajv";

/** Imported by the generated module from checks.ts. */
const IS_WITHIN = new Name("isWithin");

export const KEYWORDS: CodeKeywordDefinition[] = [
  leaf("text", ({ data }) => [_`typeof ${data} === "string"`, _`null`]),
  leaf("flag", ({ data }) => [_`typeof ${data} === "boolean"`, _`null`]),
  leaf("within", ({ data, schema }) => [
    _`${IS_WITHIN}(${data}, ${schema[0]}, ${schema[1]})`,
    _`[${schema[0]}, ${schema[1]}]`,
  ]),
  leaf("word", (cxt) => {
    const words = constant(cxt, "obj", cxt.schema, stringify(cxt.schema));
    return [_`${words}.includes(${cxt.data})`, words];
  }),
  leaf("matches", (cxt) => {
    const pattern = new RegExp(cxt.schema);
    const name = constant(cxt, "pattern", pattern, _`new RegExp(${cxt.schema})`);
    return [_`typeof ${cxt.data} === "string" && ${name}.test(${cxt.data})`, _`${cxt.schema}`];
  }),
];

/** `check` gives the condition of a good value and what an error says of the bad one. */
function leaf(
  keyword: string,
  check: (cxt: KeywordCxt) => [isValid: Code, detail: Code],
): CodeKeywordDefinition {
  return {
    keyword,
    code(cxt) {
      const [isValid, detail] = check(cxt);
      cxt.setParams({ detail: detail as Name });
      cxt.gen.if(_`!(${isValid})`, () => cxt.error());
    },
    error: { message: keyword, params: ({ params }) => _`${params.detail}` },
  };
}

function constant({ gen }: KeywordCxt, prefix: string, ref: object, code: Code): Name {
  return gen.scopeValue(prefix, { ref, key: String(code), code });
}
