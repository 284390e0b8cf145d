import { suite } from "uvu";
import * as assert from "uvu/assert";
import { judge, type Report } from "./report.ts";
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
