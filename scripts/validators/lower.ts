// Rewrites a schema for compilation: scalars become the keywords of keywords.ts, maps lose their pattern, and
// what occurs twice becomes one function ($defs). Pure.

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Node = { [key: string]: Json };

/** A JSON Schema that only the keywords of keywords.ts, `type`, `properties`, `items` and the like appear in. */
export function lower(schema: object): Node {
  const root = lowerNode(JSON.parse(JSON.stringify(schema)) as Node);
  const counts = new Map<string, number>();
  count(root, counts);
  const shared = [...counts].filter(([, times]) => times > 1).map(([text]) => text);
  const names = new Map(shared.map((text, index) => [text, `s${index}`]));
  const defs = Object.fromEntries(
    shared.map((text) => [names.get(text), share(JSON.parse(text) as Node, names, true)]),
  );
  return { ...share(root, names, true), $defs: defs as Node };
}

function lowerNode(node: Node): Node {
  if (node.enum !== undefined) return { word: node.enum };
  switch (node.type) {
    case "integer":
      return { within: [node.minimum ?? null, node.maximum ?? null] };
    case "string":
      return node.pattern === undefined ? { text: true } : { matches: node.pattern };
    case "boolean":
      return { flag: true };
    case "array":
      return { type: "array", items: lowerNode(node.items as Node) };
    case "object":
      return lowerObject(node);
    default:
      throw new Error(`cannot compile the schema ${JSON.stringify(node)}`);
  }
}

function lowerObject({ properties, patternProperties, required }: Node): Node {
  const fields = Object.entries((properties ?? {}) as { [key: string]: Node });
  const values = Object.values((patternProperties ?? {}) as { [key: string]: Node })[0];
  return {
    type: "object",
    ...(required !== undefined && { required }),
    ...(fields.length > 0 && {
      properties: Object.fromEntries(fields.map(([name, field]) => [name, lowerNode(field)])),
    }),
    ...(values !== undefined && { additionalProperties: lowerNode(values) }),
  };
}

/** Counts equal objects and arrays, without looking into a repeated one again. */
function count(node: Json, counts: Map<string, number>): void {
  if (!isNode(node)) return;
  if (isShareable(node)) {
    const text = JSON.stringify(node);
    counts.set(text, (counts.get(text) ?? 0) + 1);
    if (counts.get(text) !== 1) return;
  }
  for (const child of Object.values(node)) count(child, counts);
}

function share(node: Node, names: ReadonlyMap<string, string>, isTop: boolean): Node {
  const name = isTop ? undefined : names.get(JSON.stringify(node));
  if (name !== undefined) return { $ref: `#/$defs/${name}` };
  const entries = Object.entries(node).map(([key, value]) => [
    key,
    isNode(value) ? share(value, names, false) : value,
  ]);
  return Object.fromEntries(entries) as Node;
}

function isNode(value: Json): value is Node {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isShareable(node: Node): boolean {
  return node.type === "array" || node.type === "object";
}
