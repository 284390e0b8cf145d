// A container that does what the test tells it, line by line: what holds now, after its limits were changed?

import type { Edit } from "./bundle.ts";
import { script } from "./bundle.ts";
import type { Container, CreateOptions } from "./container.ts";
import type { Sandbox } from "./sandbox.ts";

export interface Commanded {
  readonly container: Container;
  readonly pid: number;
  /** What a line of shell prints in the container, standard error included. */
  readonly ask: (line: string) => Promise<string>;
}

/** Each line runs in a shell of its own, so that a kill does not end the container. */
export async function commanded(
  t: Sandbox,
  edit?: Edit,
  options?: CreateOptions,
): Promise<Commanded> {
  const bundle = t.bundle((config, made) => {
    script(
      config,
      'n=0; echo ready; while read -r line; do n=$((n+1)); echo "<$n>"; sh -c "$line" 2>&1; echo "</$n>"; done',
    );
    edit?.(config, made);
  });
  const container = await t.create(bundle, { ...options, stdin: "open" });
  await container.start();
  await container.created.sees("ready");
  let asked = 0;
  const ask = async (line: string): Promise<string> => {
    asked += 1;
    container.created.write(`${line}\n`);
    await container.created.sees(`</${asked}>\n`);
    const [, text = ""] = container.created.stdout().split(`<${asked}>\n`);
    return text.split(`</${asked}>\n`)[0]!;
  };
  return { container, pid: (await container.state()).pid, ask };
}
