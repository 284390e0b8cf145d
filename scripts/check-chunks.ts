// Checks what the launcher reads for the commands that must start fastest: neither the validator nor the plan
// compiler; and for every command: no other's table of options. Reads the record that esbuild left of dist/runtime/.

import { existsSync, readFileSync } from "node:fs";
import type { Metafile } from "esbuild";

const LIGHT = [
  ...["state", "kill", "delete", "start", "list", "version"],
  ...["pause", "resume", "ps", "events"],
];
/** Read by each command, whatever it is. */
const ENTRY = "dist/runtime/main.js";
const HEAVY = ["runtime/config/generated/", "runtime/plan/", "node_modules/"];

const { outputs }: Metafile = JSON.parse(readFileSync("dist/runtime/meta.json", "utf8"));
let breaches = 0;

for (const input of inputsOf(ENTRY)) {
  if (!input.endsWith("-options.ts")) continue;
  console.error(`runtime/cli/verbs.ts: every command loads ${input}; use loadOptions`);
  breaches++;
}

for (const verb of LIGHT) {
  const source = `runtime/cli/${verb}.ts`;
  if (!existsSync(source)) {
    console.log(`chunks: no ${source} yet`);
    continue;
  }
  const chunk = Object.keys(outputs).find((name) => outputs[name]?.entryPoint === source);
  // Without a chunk of its own it is part of the entry.
  const inputs = inputsOf(chunk ?? ENTRY);
  for (const input of inputs) {
    if (!HEAVY.some((prefix) => input.startsWith(prefix))) continue;
    console.error(`${source}: its chunk also loads ${input}; import that where it is needed`);
    breaches++;
  }
}
console.log(`chunks: ${Object.keys(outputs).length / 2} chunks, ${breaches} breaches`);
process.exitCode = breaches > 0 ? 1 : 0;

/** Every source in a chunk and in the chunks that it imports statically; the entry is always there. */
function inputsOf(entry: string): Set<string> {
  const inputs = new Set<string>();
  const seen = new Set<string>();
  const queue = [entry, ENTRY];
  for (let chunk = queue.pop(); chunk !== undefined; chunk = queue.pop()) {
    if (seen.has(chunk)) continue;
    seen.add(chunk);
    const output = outputs[chunk];
    for (const input of Object.keys(output?.inputs ?? {})) inputs.add(input);
    for (const { kind, path } of output?.imports ?? []) {
      if (kind === "import-statement") queue.push(path);
    }
  }
  return inputs;
}
