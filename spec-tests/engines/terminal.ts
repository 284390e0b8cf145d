// A program on a terminal of its own, to type into, to look at, to resize: script(1) makes it, Perl changes it.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { ok, until } from "./command.ts";

/** TIOCSWINSZ, as a window does it: stty(1) would set rows and columns one after the other, and who is told twice may miss one. */
const SET_SIZE =
  'open(my $tty, "+<", shift) or die "$!\n"; ioctl($tty, 0x5414, pack("S4", @ARGV, 0, 0)) or die "$!\n"';

export interface TerminalOptions {
  readonly rows?: number;
  readonly columns?: number;
  readonly env?: Readonly<Record<string, string>>;
}

export class Terminal {
  readonly #child: ChildProcess;
  readonly #ended: Promise<number>;
  #text = "";

  /** Starts `argv` in the foreground of a new terminal. */
  constructor(argv: readonly string[], { rows = 24, columns = 80, env }: TerminalOptions = {}) {
    const quoted = argv.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
    const line = `echo "on $(tty)."; stty rows ${rows} cols ${columns}; exec ${quoted}`;
    this.#child = spawn("script", ["--quiet", "--return", "--command", line, "/dev/null"], {
      stdio: ["pipe", "pipe", "inherit"],
      env: { ...process.env, TERM: "xterm", SHELL: "/bin/sh", ...env },
    });
    this.#child.stdout!.setEncoding("utf8").on("data", (text: string) => {
      this.#text += text;
    });
    this.#child.stdin!.on("error", () => {});
    this.#ended = once(this.#child, "close").then(([code]) => (code as number | null) ?? 137);
  }

  /** All that was shown so far. */
  get text(): string {
    return this.#text;
  }

  type(text: string): void {
    this.#child.stdin!.write(text);
  }

  /** Waits until it shows what matches; the match. */
  async shows(pattern: RegExp, timeoutMs?: number): Promise<RegExpExecArray> {
    return await until(
      `${pattern} on the terminal`,
      () => pattern.exec(this.#text),
      timeoutMs,
    ).catch((error: Error) => {
      throw new Error(`${error.message}; it shows: ${JSON.stringify(this.#text.slice(-500))}`);
    });
  }

  /** From now on `shows` and `text` know only what comes. */
  clear(): void {
    this.#text = "";
  }

  /** The program in the foreground is told by SIGWINCH, as by a window. Before `clear`. */
  async resize(rows: number, columns: number): Promise<void> {
    const [, path] = await this.shows(/on (\/dev\/pts\/\d+)\./);
    await ok(["perl", "-e", SET_SIZE, path!, String(rows), String(columns)]);
  }

  /** Waits for its end: the exit code. */
  async ended(timeoutMs = 60_000): Promise<number> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`still runs; it shows: ${this.#text}`)), timeoutMs);
    });
    try {
      return await Promise.race([this.#ended, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  close(): void {
    this.#child.kill("SIGKILL");
  }
}
