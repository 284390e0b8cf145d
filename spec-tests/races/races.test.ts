// Two commands at once on one container: one wins, the other says why, and what is left is a legal state.
// RACES=full takes hundreds of rounds instead of a few.
// Spec: runtime.md#operations, runtime.md#state

import { existsSync, readdirSync } from "node:fs";
import * as assert from "uvu/assert";
import { args, type Bundle } from "../harness/bundle.ts";
import type { Result } from "../harness/call.ts";
import { succeeded } from "../harness/container.ts";
import { isOneLine, messageOf } from "../harness/message.ts";
import type { Sandbox } from "../harness/sandbox.ts";
import { spec } from "../harness/suite.ts";
import { PAIRS, type Pair, REFUSALS, type Start } from "./pairs.ts";

const test = spec("races");

const isFull = process.env.RACES === "full";
const ROUNDS = isFull ? 200 : 10;
/** The second command comes this much later, at most: the time that a command takes. */
const SPREAD_MS = 12;

const PREPARE: Readonly<Record<Start, readonly string[]>> = {
  nothing: [],
  created: ["create --bundle BUNDLE ID"],
  running: ["run --detach --bundle BUNDLE ID"],
  paused: ["run --detach --bundle BUNDLE ID", "pause ID"],
};

for (const pair of PAIRS) {
  const name = `${pair.first.split(" --bundle")[0]} and ${pair.second.split(" --bundle")[0]}`;
  test(`${name}, ${pair.start === "nothing" ? "no container yet" : pair.start} (runtime.md#operations)`, {
    timeoutMs: ROUNDS * 8_000,
    deviates: "promises nothing about it",
  }, async (t) => {
    const bundle = t.bundle((config) => {
      args(config, "idle");
      config.linux.cgroupsPath = `/${t.token}`;
    });
    for (let round = 0; round < ROUNDS; round++) await race(t, bundle, pair, round);
  });
}

async function race(t: Sandbox, bundle: Bundle, pair: Pair, round: number): Promise<void> {
  const id = t.id();
  bundle.config.linux.cgroupsPath = `/${id}`;
  bundle.save();
  const words = (line: string) =>
    line.split(" ").map((word) => (word === "ID" ? id : word === "BUNDLE" ? bundle.dir : word));
  const run = async (line: string) => {
    const call = t.startRuntime(words(line), { timeoutMs: 60_000 });
    const result = await call.exited;
    // A container would keep the output open; without one the message may come after the end.
    return result.code === 0 ? result : call.closed;
  };
  for (const line of PREPARE[pair.start]) succeeded(line, await run(line));

  const first = run(pair.first);
  // Evenly spread over the rounds, and now and then the second one first.
  await new Promise((resolve) => setTimeout(resolve, (SPREAD_MS * (round % 10)) / 10));
  const second = await run(pair.second);
  if (pair.release !== undefined) succeeded(pair.release, await run(pair.release));
  const results = [await first, second];

  const told = results.map(({ code, stderr }) => `${code} ${stderr.trim()}`).join(" | ");
  for (const result of results) refusedWell(result, told);
  const winners = results.filter(({ code }) => code === 0).length;
  assert.ok(pair.winners.includes(winners), `round ${round}: ${winners} winners: ${told}`);
  const end = await settled(t, id, pair.ends);
  assert.ok(pair.ends.includes(end), `round ${round}: ${end} after ${told}`);

  succeeded("delete", await run("delete --force ID"));
  assert.equal(existsSync(t.stateRoot) ? readdirSync(t.stateRoot) : [], [], `round ${round}`);
}

/** A program that was killed by the other command ends with 128 + 9, and says nothing. */
function refusedWell(result: Result, told: string): void {
  if (result.code === 0 || result.code === 137) return;
  isOneLine(result);
  const message = messageOf(result).replace(/^trunc: /, "");
  assert.ok(
    REFUSALS.some((refusal) => refusal.test(message)),
    `no reason: ${told}`,
  );
}

/** What was killed needs a moment. */
async function settled(t: Sandbox, id: string, ends: readonly string[]): Promise<string> {
  for (let tries = 0; ; tries++) {
    const status = await statusOf(t, id);
    if (ends.includes(status) || tries >= 200) return status;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function statusOf(t: Sandbox, id: string): Promise<string> {
  const result = await t.startRuntime(["state", id]).exited;
  if (result.code === 0) return (JSON.parse(result.stdout) as { status: string }).status;
  assert.match(result.stderr, /container does not exist/);
  return "absent";
}

const MANY = isFull ? 500 : 50;

test(`${MANY} containers created, then deleted, all at once (runtime.md#lifecycle)`, {
  timeoutMs: 600_000,
}, async (t) => {
  const bundle = t.bundle((config) => args(config, "idle"));
  const ids = Array.from({ length: MANY }, () => t.id());
  const all = async (what: string, argv: (id: string) => string[]) => {
    const results = await Promise.all(
      ids.map((id) => t.startRuntime(argv(id), { timeoutMs: 500_000 }).exited),
    );
    for (const result of results) succeeded(what, result);
  };
  await all("create", (id) => ["create", "--bundle", bundle.dir, id]);
  const listed = succeeded("list", await t.startRuntime(["list", "--quiet"]).exited);
  assert.equal(listed.stdout.trim().split("\n").sort(), ids.toSorted());
  await all("delete", (id) => ["delete", "--force", id]);
  assert.equal(readdirSync(t.stateRoot), []);
});

test.run();
