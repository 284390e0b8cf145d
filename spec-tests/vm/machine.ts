// Starts QEMU and hands out its ports. Everything goes over socket pairs that Node makes, so that a machine leaves
// no file behind; it dies with this process, whatever ends that.

import { type ChildProcess, spawn } from "node:child_process";
import type { Duplex } from "node:stream";
import type { Files } from "./cache.ts";

/** cold: boot, changes thrown away; resume: from the saved state; save: boot, to be saved. */
export type Start = "cold" | "resume" | "save";

export interface Machine {
  /** Lines to and from guest/agent. */
  readonly control: Duplex;
  readonly stdout: Duplex;
  readonly stderr: Duplex;
  /** QEMU's machine protocol, for saving and resuming. */
  readonly qmp: Duplex;
  /** What QEMU and the guest's console said last. */
  log(): string;
  readonly exited: Promise<void>;
  kill(): void;
}

const MEMORY = "3G";
const CPUS = 2;
const LOG_LIMIT = 16 * 1024;

/** Descriptors of QEMU, by the name of what is on them. */
const PORTS = ["console", "control", "stdout", "stderr", "qmp"] as const;
const FIRST_PORT = 3;

const KERNEL_ARGUMENTS = [
  "console=ttyS0",
  "quiet",
  "panic=-1",
  "root=/dev/vda",
  "systemd.unified_cgroup_hierarchy=1",
  "systemd.show_status=0",
  "psi=1",
  "hugepages=16",
  "mitigations=off",
  "net.ifnames=0",
];

export function startMachine(files: Files, checkout: string, start: Start): Machine {
  const child = spawn(
    "setpriv",
    ["--pdeathsig", "KILL", "qemu-system-x86_64", ...qemuArguments(files, checkout, start)],
    { stdio: ["ignore", "ignore", "pipe", ...PORTS.map(() => "pipe" as const)] },
  );
  let log = "";
  const note = (text: unknown) => {
    log = `${log}${text}`.slice(-LOG_LIMIT);
  };
  port(child, "console").on("data", note);
  child.stderr?.on("data", note);
  return {
    control: port(child, "control"),
    stdout: port(child, "stdout"),
    stderr: port(child, "stderr"),
    qmp: port(child, "qmp"),
    log: () => log,
    exited: new Promise((resolve, reject) => {
      child.once("error", reject);
      // Not "close": that would wait for output that nobody reads yet.
      child.once("exit", () => resolve());
    }),
    kill: () => void child.kill("SIGKILL"),
  };
}

function port(child: ChildProcess, name: (typeof PORTS)[number]): Duplex {
  const stream = child.stdio[FIRST_PORT + PORTS.indexOf(name)] as Duplex;
  // A machine that died is reported by `exited`.
  stream.on("error", () => {});
  return stream;
}

function qemuArguments(files: Files, checkout: string, start: Start): string[] {
  const saving = start === "save";
  return [
    ...["-nodefaults", "-no-user-config", "-no-reboot", "-display", "none"],
    ...["-machine", "q35,memory-backend=memory,hpet=off,smbus=off,sata=off,usb=off"],
    ...["-accel", "tcg,thread=multi,tb-size=512"],
    ...["-cpu", "max", "-m", MEMORY, "-smp", String(CPUS)],
    ...memory(files, start),
    ...(start === "resume" ? ["-incoming", "defer"] : []),
    ...["-kernel", files.kernel, "-initrd", files.initrd, "-append", KERNEL_ARGUMENTS.join(" ")],
    ...[
      "-drive",
      `file=${comma(files.disk)},if=none,id=disk,format=raw,cache=unsafe,snapshot=${saving ? "off" : "on"}`,
    ],
    ...["-device", "virtio-blk-pci,drive=disk"],
    ...[
      "-fsdev",
      `local,id=checkout,path=${comma(checkout)},security_model=none,readonly=on,multidevs=remap`,
    ],
    ...["-device", "virtio-9p-pci,fsdev=checkout,mount_tag=checkout"],
    ...["-device", "virtio-rng-pci", "-device", "vmgenid,guid=auto"],
    ...PORTS.flatMap((name, index) => ["-chardev", `socket,id=${name},fd=${FIRST_PORT + index}`]),
    ...["-serial", "chardev:console", "-mon", "chardev=qmp,mode=control"],
    ...["-device", "virtio-serial-pci"],
    ...(["control", "stdout", "stderr"] as const).flatMap((name) => [
      "-device",
      `virtserialport,chardev=${name},name=${name}`,
    ]),
  ];
}

function memory(files: Files, start: Start): string[] {
  if (start === "cold") return ["-object", `memory-backend-ram,id=memory,size=${MEMORY}`];
  const share = start === "save" ? "on" : "off";
  return [
    "-object",
    `memory-backend-file,id=memory,size=${MEMORY},mem-path=${comma(files.memory)},share=${share}`,
  ];
}

/** QEMU's way to write a comma in a value. */
function comma(path: string): string {
  return path.replaceAll(",", ",,");
}
