import { suite } from "uvu";
import * as assert from "uvu/assert";
import { judge, judgeReference, type Report } from "./report.ts";
import { formatTable } from "./table.ts";

const test = suite("engines/table");

const LIMITS = [{ pattern: /no moon/, reason: "a new moon" }];
const report = (error: string | null): Report => ({
  engine: "docker",
  runtime: "trunc",
  feature: "shine",
  error,
  ms: 1,
});

test("judge() calls a limit only what the reference meets as well", () => {
  const limited = report("there is no moon");
  assert.equal(judge(report(null), undefined, LIMITS), { kind: "PASS" });
  assert.equal(judge(limited, limited, LIMITS), { kind: "cannot here", reason: "a new moon" });
  for (const other of [undefined, report(null), report("something else")])
    assert.is(judge(limited, other, LIMITS).kind, "FAIL");
  assert.is(judge(report("something else"), report("something else"), LIMITS).kind, "FAIL");
});

test("judgeReference() records only the failure that is on record", () => {
  const deviates = LIMITS[0];
  const failed = (error: string) => ({ kind: "FAIL", error }) as const;
  const recorded = { kind: "deviates", reason: "a new moon" };
  assert.equal(judgeReference(failed("there is no moon"), deviates), recorded);
  assert.is(judgeReference(failed("something else"), deviates).kind, "FAIL");
  assert.is(judgeReference(failed("there is no moon"), undefined).kind, "FAIL");
  assert.is(judgeReference({ kind: "PASS" }, deviates).kind, "PASS");
});

test("formatTable() has a row for each feature, and the reason of each failure below", () => {
  const text = formatTable([
    { feature: "run", column: "docker", verdict: { kind: "PASS" } },
    { feature: "run", column: "podman", verdict: { kind: "FAIL", error: "exit 1" } },
    { feature: "exec", column: "docker", verdict: { kind: "cannot here", reason: "a new moon" } },
  ]);
  assert.equal(text.split("\n"), [
    "| feature | docker                  | podman |",
    "| ------- | ----------------------- | ------ |",
    "| run     | PASS                    | FAIL   |",
    "| exec    | cannot here: a new moon |        |",
    "",
    "FAIL podman: run: exit 1",
  ]);
});

test.run();
