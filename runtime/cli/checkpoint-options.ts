// The options of checkpoint, and what they mean. The table is data; the rest is pure.

import type { DumpWishes, PageServer } from "../plan/criu/wishes.ts";
import { flagOf, type OptionSpec, type OptionValue, textOf, usageError } from "./args.ts";
import { CRIU_OPTIONS, wishesOf } from "./criu-options.ts";

export const OPTIONS: readonly OptionSpec[] = [
  ...CRIU_OPTIONS,
  {
    name: "parent-path",
    kind: "text",
    value: "DIR",
    help: "an earlier --pre-dump, relative to the image path: only what changed since is written",
  },
  { name: "leave-running", kind: "flag", help: "do not end the container" },
  {
    name: "tcp-skip-in-flight",
    kind: "flag",
    help: "leave TCP connections out that are not yet made",
  },
  {
    name: "link-remap",
    kind: "flag",
    help: "allow deleted files to be linked back where possible",
  },
  {
    name: "status-fd",
    kind: "count",
    value: "FD",
    help: "descriptor that gets a NUL byte when pages can be fetched (--lazy-pages)",
  },
  {
    name: "page-server",
    kind: "text",
    value: "ADDRESS:PORT",
    help: "where memory is sent to, or with --lazy-pages fetched from",
  },
  { name: "pre-dump", kind: "flag", help: "write memory only; the container goes on" },
];

type Values = ReadonlyMap<string, OptionValue>;

export function dumpWishes(values: Values): DumpWishes {
  const parentPath = textOf(values, "parent-path");
  if (parentPath?.startsWith("/")) throw usageError("--parent-path must be relative");
  const pageServer = textOf(values, "page-server");
  return {
    ...wishesOf(values),
    leaveRunning: flagOf(values, "leave-running"),
    preDump: flagOf(values, "pre-dump"),
    tcpSkipInFlight: flagOf(values, "tcp-skip-in-flight"),
    linkRemap: flagOf(values, "link-remap"),
    ...(parentPath !== undefined && { parentPath }),
    ...(pageServer !== undefined && { pageServer: pageServerOf(pageServer) }),
  };
}

/** `ADDRESS:PORT`, an IPv6 address in brackets, as Go's net.SplitHostPort takes it. */
function pageServerOf(text: string): PageServer {
  const [, inBrackets, plain, port = ""] = /^(?:\[([^\]]+)\]|([^:[\]]+)):(.+)$/.exec(text) ?? [];
  const address = inBrackets ?? plain;
  if (address === undefined) {
    throw usageError("Use --page-server ADDRESS:PORT to specify page server");
  }
  const number = Number(port);
  if (!/^\d+$/.test(port) || number < 1 || number > 65_535) throw usageError("Invalid port number");
  return { address, port: number };
}

/** What /proc/self/fdinfo says of a descriptor: whether it can be written to (O_ACCMODE of its flags). */
export function isWritable(fdinfo: string): boolean {
  const flags = /^flags:\s*([0-7]+)$/m.exec(fdinfo)?.[1];
  return flags !== undefined && (Number.parseInt(flags, 8) & 3) !== 0;
}
