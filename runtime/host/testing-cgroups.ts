// The part of the host in memory that changes and watches cgroups of running containers, and runs other programs.

import type { HostOp } from "../plan/ops.ts";
import type { CgroupFile, CgroupPath } from "./host.ts";
import type { World } from "./testing.ts";

type Recorder = (world: World, ...words: (string | number)[]) => void;

export function cgroupCalls(world: World, record: Recorder) {
  const { cgroupFiles } = world;
  const nameOf = ({ root, path, file }: CgroupFile) => `${root}${path}/${file}`;
  const set = (freezer: CgroupFile, isFrozen: boolean): void => {
    const [v1, v2] = isFrozen ? ["FROZEN\n", "1\n"] : ["THAWED\n", "0\n"];
    cgroupFiles.set(nameOf(freezer), freezer.file === "freezer.state" ? v1 : v2);
  };
  return {
    readCgroupFiles: (files: CgroupFile[]) => {
      record(world, "readCgroupFiles");
      return files.map((file) => cgroupFiles.get(nameOf(file)) ?? null);
    },
    freezeCgroup: (freezer: CgroupFile) => {
      record(world, "freezeCgroup", nameOf(freezer));
      set(freezer, true);
    },
    thawCgroup: (freezer: CgroupFile) => {
      record(world, "thawCgroup", nameOf(freezer));
      set(freezer, false);
    },
    applyOps: (ops: HostOp[]) => {
      for (const [index, op] of ops.entries()) {
        try {
          applyOp(world, record, op);
        } catch (error) {
          throw Object.assign(error as Error, { op: index, phase: "before" });
        }
      }
    },
    readStdin: () => {
      const text = world.files.get("/dev/stdin") ?? "";
      return { text, hasBigIntegers: /\d{16}/.test(text) };
    },
    capture: (path: string, args: string[]) => {
      record(world, "capture", path, ...args);
      return world.captured;
    },
    Watch: class FakeWatch {
      constructor(pid: number, _startTime: bigint, memory: CgroupPath | null) {
        record(world, "Watch", pid, memory === null ? "nothing" : memory.root + memory.path);
      }
      wait = () => world.watched.shift() ?? "end";
      close = () => record(world, "Watch.close");
    },
  };
}

function applyOp(world: World, record: Recorder, op: HostOp): void {
  if (op.op !== "writeCgroup" && op.op !== "writeResctrl") {
    record(world, "apply", op.op);
    return;
  }
  record(world, "apply", `${op.file}=${op.text.trim()}`);
  world.cgroupFiles.set(`${op.root}${op.path}/${op.file}`, `${op.text.trim()}\n`);
}
