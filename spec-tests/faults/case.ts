// One case: a fresh container, one command with one fault, and a look at all that must hold afterwards.

import { existsSync, readFileSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { call } from "../harness/call.ts";
import { cgroupDirectory } from "../harness/cgroups.ts";
import { whyUnclear } from "./clear.ts";
import { callName, type Kind } from "./faults.ts";
import type { Fault, Outcome } from "./injector.ts";
import { descriptorsOf, leftovers } from "./leftovers.ts";
import type { Scenario, Status } from "./scenarios.ts";
import type { World } from "./world.ts";

export type Verdict = "recovered" | "leaked" | "hung" | "unclear" | "not reached";

export interface Judged {
  readonly verdict: Verdict;
  readonly why: string;
}

interface Look {
  readonly status: Status;
  readonly pid: number;
}

/** Runs the scenario with every call counted; the numbers of the calls, by process. */
export async function countCalls(world: World, scenario: Scenario): Promise<Outcome["numbers"]> {
  const { injector } = world;
  const words = await prepare(world, scenario);
  const outcome = await injector.run(words, "traced");
  if (outcome.code !== 0) throw new Error(`${scenario.name} without a fault: ${outcome.stderr}`);
  await cleanUp(world);
  return outcome.numbers;
}

export async function judgeCase(
  world: World,
  scenario: Scenario,
  fault: Fault,
  kind: Kind,
): Promise<Judged> {
  const words = await prepare(world, scenario);
  const outcome = await world.injector.run(words, fault);
  const found = outcome.ended
    ? await judgeEnded(world, scenario, fault, kind, outcome)
    : { verdict: "hung" as const, why: outcome.stderr };
  const left = await cleanUp(world);
  if (found !== undefined) return found;
  if (left !== "") return { verdict: "leaked", why: `${left}; it said: ${outcome.stderr.trim()}` };
  return { verdict: outcome.hit ? "recovered" : "not reached", why: "" };
}

async function prepare(world: World, { bundle, prepare, command }: Scenario): Promise<string[]> {
  const { injector, id, pidFile, bundles } = world.next(bundle);
  const fill = (text: string) =>
    text.split(" ").map((word) => {
      if (word === "ID") return id;
      if (word === "BUNDLE") return bundles[bundle].dir;
      return word === "PIDFILE" ? pidFile : word;
    });
  for (const line of prepare) {
    // An init that a later fault is to hit has to be known from its birth.
    const { code, stderr } = await injector.run(
      world.command(fill(line)),
      line.startsWith("create") ? "traced" : "untraced",
    );
    if (code !== 0) throw new Error(`${line}: ${stderr}`);
    if (line.startsWith("kill")) await settle(world, new Set(["stopped"]));
  }
  return world.command(fill(command));
}

async function judgeEnded(
  world: World,
  scenario: Scenario,
  fault: Fault,
  kind: Kind,
  outcome: Outcome,
): Promise<Judged | undefined> {
  const isHostKilled = kind.errno === 0 && fault.process === 0;
  if (!isHostKilled) {
    const why = whyUnclear(outcome, { kind: kind.name, call: callName(fault.number) });
    if (why !== undefined) return { verdict: "unclear", why };
  }
  const why = isHostKilled ? undefined : await whyWrong(world, scenario, fault, outcome);
  return why === undefined ? undefined : { verdict: "unclear", why };
}

/** What does not hold though the command says so. */
async function whyWrong(
  world: World,
  scenario: Scenario,
  { process, errno }: Fault,
  outcome: Outcome,
): Promise<string | undefined> {
  const { code, stderr } = outcome;
  const isDone = code === 0;
  const allowed = new Set(isDone ? scenario.done : scenario.failed);
  // A process of the container may end at any time, also once the command is done with it.
  if (process !== 0 && !allowed.has("absent")) allowed.add("stopped");
  const look = await settle(world, allowed);
  const said = `exit code ${code}${stderr === "" ? "" : `, ${stderr.trim()}`}`;
  if (!allowed.has(look.status)) return `${look.status} after ${said}`;
  if (look.status === "absent") {
    const left = await remainder(world);
    const isTold = stderr.includes("cannot remove the state") && !isDone;
    if (left !== "" && !isTold) return `left before delete: ${left}; ${said}`;
  }
  if (isDone && errno !== 0 && (process === 0 || look.status !== "stopped")) {
    return whyNotDone(world, scenario, look);
  }
  if (scenario.pids !== undefined && !isDone && errno !== 0) {
    const pids = pidsLimit(look.pid);
    if (pids !== scenario.pids[1]) return `pids.max is ${pids} after ${said}`;
  }
  return undefined;
}

async function whyNotDone(
  world: World,
  { prints, pids }: Scenario,
  { status, pid }: Look,
): Promise<string | undefined> {
  if (prints !== undefined && !(await sees(world, prints))) return `nobody printed "${prints}"`;
  if (pids !== undefined && pidsLimit(pid) !== pids[0]) return `pids.max is ${pidsLimit(pid)}`;
  const open = status === "running" ? descriptorsOf(pid) : undefined;
  const strange = open?.filter((number) => !["0", "1", "2"].includes(number)) ?? [];
  return strange.length > 0 ? `descriptors in the program: ${strange.join(" ")}` : undefined;
}

/** A killed process needs a moment to be seen as gone. */
async function settle(world: World, allowed: ReadonlySet<Status>): Promise<Look> {
  for (let tries = 0; ; tries++) {
    const look = await lookAt(world);
    if (allowed.has(look.status) || tries >= 40) return look;
    await pause(25);
  }
}

/** Not by the injector: its commands share their output with the container. */
async function lookAt({ command, current }: World): Promise<Look> {
  const [program, ...args] = command(["state", current()]);
  const { code, stdout, stderr } = await call(program!, args, { timeoutMs: 60_000 }).closed;
  if (code === 0) return JSON.parse(stdout) as Look;
  if (!stderr.includes("container does not exist")) throw new Error(`state: ${stderr}`);
  return { status: "absent", pid: 0 };
}

async function sees({ injector }: World, text: string): Promise<boolean> {
  for (let tries = 0; tries < 200; tries++) {
    if ((await injector.output()).includes(text)) return true;
    await pause(10);
  }
  return false;
}

function pidsLimit(pid: number): string {
  const directory = cgroupDirectory("pids", pid);
  const path = join(directory ?? "", "pids.max");
  return existsSync(path) ? readFileSync(path, "utf8").trim() : "unknown";
}

/** Deletes by force; what is left then. */
async function cleanUp(world: World): Promise<string> {
  const { injector, command, current, pidFile } = world;
  const { code, stderr, ended } = await injector.run(
    command(["delete", "--force", current()]),
    "untraced",
  );
  // exec's pid file is the caller's, and so is what a command that was killed had not renamed yet
  rmSync(pidFile, { force: true });
  rmSync(join(dirname(pidFile), `.${basename(pidFile)}`), { force: true });
  const told = !ended || code !== 0 || stderr !== "" ? `delete --force: ${code} ${stderr}` : "";
  const left = await remainder(world);
  if (left !== "") await world.sweepUp();
  await injector.end();
  return [told, left].filter((text) => text !== "").join("; ");
}

/** What is left, once the killed are gone. */
async function remainder({ injector, places }: World): Promise<string> {
  for (let tries = 0; ; tries++) {
    const processes = (await injector.left()).map((pid) => `process ${pid} ${nameOf(pid)}`);
    const left = [...processes, ...leftovers(places)];
    if (left.length === 0 || tries >= 80) return left.join(", ");
    await pause(25);
  }
}

function nameOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").trim();
  } catch {
    return "";
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
