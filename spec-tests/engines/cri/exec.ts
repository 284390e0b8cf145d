// ExecSync: a command in a container that runs, to its end.

import * as assert from "node:assert/strict";
import { until } from "../command.ts";
import type { Feature } from "../feature.ts";
import { takeInventory } from "../leftovers.ts";
import type { Cri } from "./session.ts";

const MANY = 50;
/** What the answer of one exec may hold. */
const CAP = 16 << 20;

export const EXEC: readonly Feature<Cri>[] = [
  {
    name: "exec: exit codes",
    isQuick: true,
    run: async (cri) => {
      const id = await cri.idle(await cri.pod());
      for (const [code, script] of [
        [0, "true"],
        [3, "exit 3"],
        [137, "kill -KILL $$"],
        [143, "kill -TERM $$"],
      ] as const) {
        const { exitCode } = await cri.execSync(id, ["sh", "-c", script]);
        assert.equal(exitCode, code, script);
      }
    },
  },
  {
    name: "exec: output and errors apart",
    isQuick: true,
    run: async (cri) => {
      const id = await cri.idle(await cri.pod());
      const answer = await cri.execSync(id, ["sh", "-c", "echo a; echo b >&2; exit 5"]);
      assert.deepEqual(answer, { stdout: "a\n", stderr: "b\n", exitCode: 5 });
      const much = await cri.execSync(id, ["head", "-c", String(1 << 20), "/dev/zero"]);
      assert.equal(much.stdout.length, 1 << 20);
      assert.ok(much.stdout.length < CAP);
    },
  },
  {
    name: "exec: a time limit",
    isQuick: true,
    run: async (cri) => {
      const id = await cri.idle(await cri.pod());
      const late = cri.execSync(id, ["sleep", "1111"], 1);
      await assert.rejects(late, /timeout|deadline/i);
      // The command is not left to run on.
      const isLeft = () => [...takeInventory().processes.values()].includes("sleep 1111");
      await until("its end", () => (isLeft() ? null : true));
      assert.equal(await cri.exec(id, "echo", "unharmed"), "unharmed");
    },
  },
  {
    name: "exec: failures",
    isQuick: true,
    run: async (cri) => {
      const id = await cri.idle(await cri.pod());
      for (const [argv, message] of [
        [["no-such-program"], /"no-such-program": executable file not found in \$PATH/],
        [["/no/such/program"], /\/no\/such\/program.*no such file or directory/],
        [["/etc/not-executable"], /\/etc\/not-executable.*permission denied/],
      ] as const)
        await assert.rejects(cri.execSync(id, argv), message);
      assert.equal(await cri.exec(id, "echo", "unharmed"), "unharmed");
    },
  },
  {
    name: "exec: as the container's process",
    isQuick: true,
    run: async (cri) => {
      const id = await cri.idle(await cri.pod(), {
        envs: [{ key: "A", value: Buffer.from("b") }],
        workingDir: "/tmp",
        linux: {
          securityContext: {
            runAsUser: { value: 1000 },
            runAsGroup: { value: 1000 },
            supplementalGroups: [2000, 3000],
            capabilities: { dropCapabilities: ["ALL"] },
            noNewPrivs: true,
          },
        },
      });
      const script =
        "echo $A $PWD $(id -u) $(id -g) $(id -G); grep -E '^(NoNew|CapBnd)' /proc/self/status";
      const inside = await cri.exec(id, "sh", "-c", script);
      assert.equal(
        inside,
        "b /tmp 1000 1000 1000 2000 3000\nCapBnd:\t0000000000000000\nNoNewPrivs:\t1",
      );
    },
  },
  {
    name: "exec: many at once",
    run: async (cri) => {
      const id = await cri.idle(await cri.pod());
      const numbers = Array.from({ length: MANY }, (_, index) => String(index));
      const outputs = await Promise.all(numbers.map((number) => cri.exec(id, "echo", number)));
      assert.deepEqual(outputs, numbers);
      assert.equal(await cri.exec(id, "sh", "-c", "ps -o stat | grep -c Z || true"), "0");
    },
  },
];
