// Seccomp filters for the floor, as files of struct sock_filter: libseccomp's linear one, libseccomp's tree, and whatever a
// runtime really loads for a bundle (read off by strace), so that floor and runtime can be compared with one filter.

import { execFileSync, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Bundle, Seccomp } from "./bundle.ts";
import { commandOf, type Runtime } from "./runtimes.ts";
import type { Workspace } from "./workspace.ts";

export interface Filter {
  readonly path: string;
  readonly instructions: number;
}

const BYTES_PER_INSTRUCTION = 8;
const EPERM = 1;

export function libseccompFilter(
  workspace: Workspace,
  tool: string,
  bundle: Bundle,
  shape: "linear" | "tree",
): Filter {
  const seccomp = bundle.config.linux.seccomp;
  if (!seccomp) throw new Error(`${bundle.name} has no seccomp profile`);
  const bytes = execFileSync(tool, [shape], { input: filterLines(seccomp), maxBuffer: 2 ** 20 });
  return save(join(workspace.dir, bundle.name, `${shape}.bpf`), bytes);
}

/** The last filter that `run` loads, or why it could not be had. */
export function capturedFilter(
  workspace: Workspace,
  runtime: Runtime,
  bundle: Bundle,
): Filter | string {
  const id = `${workspace.prefix}-filter`;
  const env = runtime.env.flatMap((pair) => ["-E", pair]);
  const traced = spawnSync(
    "strace",
    ["-f", "-qq", "-v", "-X", "raw", "-e", "trace=seccomp,prctl", ...env].concat(
      commandOf(workspace, runtime, bundle, "run", id),
    ),
    { encoding: "utf8", maxBuffer: 2 ** 26 },
  );
  if (traced.error) return `strace: ${traced.error.message}`;
  const loads = traced.stderr.split("\n").filter((line) => line.includes("filter=["));
  const bytes = loads.length > 0 ? parseInstructions(loads.at(-1) ?? "") : undefined;
  if (!bytes) return "no filter seen by strace";
  return save(join(workspace.dir, bundle.name, `${runtime.name}.bpf`), bytes);
}

/** strace's `BPF_STMT(0|0|0x20, 0x4), BPF_JUMP(0x5|0|0x10, 0xc000003e, 0x2, 0)`; exported for its test. */
export function parseInstructions(line: string): Buffer | undefined {
  const declared = Number(/len=(\d+)/.exec(line)?.[1]);
  const found = [...line.matchAll(/BPF_(?:STMT|JUMP)\(([^)]*)\)/g)];
  if (found.length === 0 || found.length !== declared) return undefined;
  const bytes = Buffer.alloc(found.length * BYTES_PER_INSTRUCTION);
  for (const [index, [, inside = ""]] of found.entries()) {
    const [code = "", k = "", whenTrue = "0", whenFalse = "0"] = inside.split(", ");
    const at = index * BYTES_PER_INSTRUCTION;
    bytes.writeUInt16LE(
      code.split("|").reduce((all, part) => all | Number(part), 0),
      at,
    );
    bytes.writeUInt8(Number(whenTrue), at + 2);
    bytes.writeUInt8(Number(whenFalse), at + 3);
    bytes.writeUInt32LE(Number(k) >>> 0, at + 4);
  }
  return bytes;
}

/** The profile in the words of filter.c. A rule that says what the default says is left out, as runc and crun do. */
function filterLines(seccomp: Seccomp): string {
  const fallback = action(seccomp.defaultAction, seccomp.defaultErrnoRet);
  const lines = [`default ${fallback}`];
  for (const name of seccomp.architectures ?? [])
    lines.push(`arch ${name.replace("SCMP_ARCH_", "").toLowerCase()}`);
  for (const rule of seccomp.syscalls) {
    const does = action(rule.action, rule.errnoRet);
    if (does === fallback) continue;
    const conditions = (rule.args ?? []).map(
      ({ index, op, value, valueTwo = 0 }) =>
        // MASKED_EQ has its mask in the spec's `value`, libseccomp in the first datum: the same order.
        ` ${index} ${op.replace("SCMP_CMP_", "")} ${value} ${valueTwo}`,
    );
    for (const name of rule.names) lines.push(`rule ${does} ${name}${conditions.join("")}`);
  }
  return `${lines.join("\n")}\n`;
}

function action(name: string, errno = EPERM): string {
  return `${name.replace("SCMP_ACT_", "")} ${errno}`;
}

function save(path: string, bytes: Buffer): Filter {
  writeFileSync(path, bytes);
  return { path, instructions: bytes.length / BYTES_PER_INSTRUCTION };
}
