// All cases of all scenarios, or an even sample of them; what was judged before is taken from the record.

import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { countCalls, judgeCase, type Verdict } from "./case.ts";
import { callName, canFail, KINDS } from "./faults.ts";
import { SCENARIOS, type Scenario } from "./scenarios.ts";
import { makeWorld, type World } from "./world.ts";

/** One call and what is to go wrong at it. */
export interface Case {
  readonly scenario: Scenario;
  readonly process: number;
  readonly call: number;
  readonly number: number;
  readonly kind: (typeof KINDS)[number];
}

/** One line of the record. */
export interface Entry {
  readonly scenario: string;
  readonly process: number;
  readonly call: number;
  readonly name: string;
  readonly kind: string;
  readonly verdict: Verdict;
  readonly why: string;
}

export interface Options {
  /** Words of scenarios' names; empty for all. */
  readonly only: string;
  /** How many cases, spread evenly; undefined for all. */
  readonly sample?: number;
  /** No case is begun later. */
  readonly budgetMs?: number;
  /** A file of entries, read to skip what it has and then added to. */
  readonly record?: string;
  readonly workers: number;
}

/** Counts the calls of each scenario, once. */
async function listCases(world: World, only: string): Promise<Case[]> {
  const cases: Case[] = [];
  for (const scenario of SCENARIOS.filter(({ name }) => name.includes(only))) {
    // The first run makes the mountpoints; the second is like all that follow.
    await countCalls(world, scenario);
    const numbers = await countCalls(world, scenario);
    for (const [process, calls] of numbers.entries()) {
      for (const [index, number] of calls.entries()) {
        for (const kind of KINDS) {
          if (canFail(number, kind, calls.slice(0, index)))
            cases.push({ scenario, process, call: index + 1, number, kind });
        }
      }
    }
  }
  return cases;
}

export async function sweep(options: Options, onEntry: (entry: Entry) => void): Promise<Entry[]> {
  const first = makeWorld();
  const worlds = [first];
  try {
    const known = readRecord(options.record);
    const all = await listCases(first, options.only);
    const wanted = options.sample === undefined ? all : evenly(all, options.sample);
    const entries = wanted.flatMap((one) => known.get(keyOf(one)) ?? []);
    const todo = wanted.filter((one) => !known.has(keyOf(one)));
    const deadline = Date.now() + (options.budgetMs ?? Number.POSITIVE_INFINITY);
    const work = async (world: World) => {
      for (let one = todo.shift(); one !== undefined && Date.now() < deadline; one = todo.shift()) {
        const entry = await entryOf(world, one);
        entries.push(entry);
        if (options.record !== undefined) {
          appendFileSync(options.record, `${JSON.stringify(entry)}\n`);
        }
        onEntry(entry);
      }
    };
    while (worlds.length < options.workers) worlds.push(makeWorld());
    await Promise.all(worlds.map(work));
    return entries;
  } finally {
    for (const world of worlds) world.close();
  }
}

async function entryOf(world: World, one: Case): Promise<Entry> {
  const { scenario, process, call, number, kind } = one;
  const fault = { process, call, number, errno: kind.errno };
  const { verdict, why } = await judgeCase(world, scenario, fault, kind);
  const name = callName(number);
  return { scenario: scenario.name, process, call, name, kind: kind.name, verdict, why };
}

function keyOf({ scenario, process, call, kind }: Case): string {
  return `${scenario.name}/${process}/${call}/${kind.name}`;
}

/** The first case of each of `count` equal parts: the same ones every time. */
function evenly<Item>(items: readonly Item[], count: number): Item[] {
  if (count >= items.length) return [...items];
  return Array.from({ length: count }, (_, i) => items[Math.floor((i * items.length) / count)]!);
}

function readRecord(path: string | undefined): Map<string, Entry> {
  if (path === undefined) return new Map();
  mkdirSync(dirname(path), { recursive: true });
  if (!existsSync(path)) writeFileSync(path, "");
  const lines = readFileSync(path, "utf8").trimEnd().split("\n");
  const entries = lines.filter((line) => line !== "").map((line) => JSON.parse(line) as Entry);
  return new Map(
    entries.map((entry) => [
      `${entry.scenario}/${entry.process}/${entry.call}/${entry.kind}`,
      entry,
    ]),
  );
}
