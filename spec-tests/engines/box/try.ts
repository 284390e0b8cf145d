// Are boxes as tight as all features believe? What they leave after their end, and after that of their caller.

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { until } from "../command.ts";
import { DEBIAN, TSX } from "../programs.ts";
import type { Report } from "../report.ts";
import { cgroupDirectories } from "./box.ts";

/** What an engine may have done when it ends: cgroups, mounts, interfaces, processes of a session of their own. */
const MESS =
  "mkdir /sys/fs/cgroup/pids/deep; mount -t tmpfs none /mnt; ip link add mess type bridge; : >/etc/mess; setsid sleep 1000 & ";

export async function tryBoxes(): Promise<Report[]> {
  return [
    await attempt("a box leaves nothing after its command", `${MESS} exit 0`, async (caller) => {
      await until("its end", () => (caller.exitCode === null ? null : true));
    }),
    await attempt(
      "a box leaves nothing after SIGKILL for its caller",
      `${MESS} sleep 1000`,
      async (caller) => {
        caller.kill("SIGKILL");
      },
    ),
  ];
}

async function attempt(
  feature: string,
  script: string,
  end: (caller: ChildProcess) => Promise<void>,
): Promise<Report> {
  const started = Date.now();
  // The box's directory is in it, and so known among those of others.
  const work = mkdtempSync(join(tmpdir(), "trunc-box-"));
  let error: string | null = null;
  try {
    const caller = startCaller(work, script);
    const [name] = await until("the box", () => {
      const names = boxesIn(work);
      return names.length > 0 ? names : null;
    });
    const cgroups = cgroupDirectories(name!);
    const isAtWork = () =>
      cgroups.every(existsSync) && existsSync(join(work, name!, "layers", "etc", "mess"));
    await until("its work", () => (isAtWork() || caller.exitCode !== null ? true : null));
    await end(caller);
    await until("nothing left", () =>
      leftOf(work, name!, cgroups).length === 0 ? true : null,
    ).catch(() => {
      throw new Error(`left behind: ${leftOf(work, name!, cgroups).join("; ")}`);
    });
  } catch (thrown) {
    error = (thrown as Error).message;
  }
  rmSync(work, { recursive: true, force: true });
  console.log(
    `${error === null ? "ok  " : "FAIL"} ${feature}${error === null ? "" : `: ${error}`}`,
  );
  return { engine: "box", runtime: "none", feature, error, ms: Date.now() - started };
}

function startCaller(work: string, script: string): ChildProcess {
  const box = fileURLToPath(new URL("box.ts", import.meta.url));
  const code = `import(${JSON.stringify(box)}).then((box) => box.runInBox(["sh", "-c", ${JSON.stringify(script)}]))`;
  return spawn("node", ["--import", TSX, "--eval", code], {
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, TMPDIR: work, PATH: `${DEBIAN}/usr/bin:${process.env.PATH}` },
  });
}

/** tsx has a directory there as well. */
function boxesIn(work: string): string[] {
  return readdirSync(work).filter((name) => name.startsWith("trunc-engines-"));
}

function leftOf(work: string, name: string, cgroups: readonly string[]): string[] {
  return [
    ...boxesIn(work),
    ...cgroups.filter(existsSync),
    ...readFileSync("/proc/self/mountinfo", "utf8")
      .split("\n")
      .filter((line) => line.includes(name)),
    ...readdirSync("/proc").filter((pid) => /^\d+$/.test(pid) && mentions(pid, name)),
  ];
}

function mentions(pid: string, name: string): boolean {
  try {
    const files = ["cmdline", "environ", "cgroup"];
    return files.some((file) => readFileSync(`/proc/${pid}/${file}`, "utf8").includes(name));
  } catch {
    return false;
  }
}
