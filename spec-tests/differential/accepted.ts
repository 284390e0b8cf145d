// The differences between runc and trunc that are meant. Each points at a row of docs/differences.md by that row's first
// cell; the run fails when there is no such row, and when a difference is listed that no longer occurs.

import type { Part } from "./outcome.ts";

export interface Accepted {
  /** First cell of a row in docs/differences.md. */
  readonly row: string;
  readonly parts: readonly (Part | "file")[];
  /** Cases by "TABLE: NAME"; all, where it is not said. */
  readonly cases?: RegExp;
  /** What the two texts must be like; anything, where it is not said. */
  readonly runc?: RegExp;
  readonly trunc?: RegExp;
  /** trunc's text has all lines of runc's, and more. */
  readonly isMore?: true;
  /** Only with runc before 1.2 ("old"), or only with later ones ("new"). */
  readonly since?: "old" | "new";
}

export const ACCEPTED: readonly Accepted[] = [
  {
    row: "lines on standard error without `--log`",
    parts: ["framing"],
    runc: /^logrus text$/,
    trunc: /^plain$/,
  },
  {
    row: "a command that was called wrongly",
    parts: ["stdout"],
    runc: /^Incorrect Usage/,
    trunc: /^$/,
  },
  {
    row: "a command that was called wrongly",
    parts: ["stdout"],
    cases: /^flags: (--|--rootless list)$/,
  },
  {
    row: "`--rootless` with another value than `true`, `false` or `auto`",
    parts: ["code", "stdout", "framing", "errors"],
    cases: /^flags: --rootless(=maybe)? list$/,
  },
  {
    row: "`events --stats`",
    parts: ["stdout"],
    cases: /: events --stats/,
    isMore: true,
  },
  {
    row: "annotations in `features`",
    parts: ["stdout"],
    cases: /^outputs: features$/,
    runc: /org\.opencontainers\.PROGRAM/,
    trunc: /dev\.PROGRAM/,
    since: "new",
  },
  {
    row: "the output of `state`",
    parts: ["stdout"],
    cases: /: state \{id\}$/,
    runc: /\}$/,
    trunc: /\}\n$/,
  },
  {
    row: "state is written",
    parts: ["code", "stdout", "framing", "errors", "status"],
    cases: /^states: creating: /,
  },
  {
    row: "`exec --user` beyond 32 bits, or negative",
    parts: ["code", "stdout", "framing", "errors"],
    cases: /exec --user=? ?4294967296/,
  },
  {
    row: "`exec --preserve-fds` of descriptors that are not open",
    parts: ["code", "framing", "errors"],
    cases: /exec --preserve-fds 1 /,
  },
  {
    row: "`--preserve-fds` of descriptors that are not open",
    parts: ["errors"],
    cases: /run --preserve-fds 40 /,
  },
  {
    row: "`--preserve-fds` with a negative number",
    parts: ["code", "stdout", "framing", "errors"],
    cases: /--preserve-fds=-1 /,
  },
  {
    row: "both forms of one flag in a command, as `-e` and `--env`",
    parts: ["code", "stdout", "framing", "errors"],
    cases: /exec -e A=1 --env/,
  },
  {
    row: "a terminal for a program whose caller has none",
    parts: ["code", "stdout", "framing", "errors"],
    cases: /exec -t |^launches: run \{id\}$/,
    trunc: /^(0|terminal\r\n|ran\r\n|)$/,
  },
  {
    row: "`HOME` of a program whose `env` is absent",
    parts: ["stdout"],
    cases: /exec --process/,
    trunc: /^HOME=/m,
    since: "new",
  },
  {
    row: "a failing startContainer hook",
    parts: ["code"],
    cases: /^launches: run \{id\}$/,
    runc: /^255$/,
    trunc: /^1$/,
    since: "new",
  },
  {
    row: "signals that the kernel has under two names, as IOT and ABRT",
    parts: ["code", "framing", "errors"],
    cases: /^kill: running: kill \{id\} (IOT|CLD|POLL|UNUSED)$/,
  },
  {
    row: "signals that there are not, as 65",
    parts: ["errors"],
    cases: /^kill: running: kill \{id\} (65|999|-1|-9)$/,
  },
  {
    row: "`update` that fails",
    parts: ["warnings"],
    cases: /^update: /,
    runc: /^warned$/,
  },
  {
    row: "flags that came after runc 1.1",
    parts: ["code", "framing", "errors"],
    cases: /--(pidfd-socket|cpu-burst|cpu-idle)\b/,
    since: "old",
  },
  {
    row: "amounts that begin or end with a dot, or have an exponent (`.5g`, `1e8`)",
    parts: ["code", "framing", "errors"],
    cases: /^update: running: update --memory (1e8|\.5g|5\.) /,
    since: "old",
  },
  {
    row: "user ids from 2147483648 on",
    parts: ["code", "stdout", "framing", "errors"],
    cases: /^exec: running: exec --user 2147483648 /,
    since: "old",
  },
  {
    row: "`exec --cgroup` with an empty path, or one controller twice",
    parts: ["code", "framing", "errors"],
    cases: /^exec: running: exec --cgroup (:|memory:\/ --cgroup memory:\/) /,
    since: "old",
  },
  {
    row: "`ociVersion`",
    parts: ["stdout", "file"],
    cases: /: (list|state|spec) ?/,
    runc: /"ociVersion": ?"1\.0/,
    since: "old",
  },
  {
    row: "`list` with a `--root` that is not there, or is `/`",
    parts: ["code", "stdout", "framing", "errors"],
    cases: /^logs: --root (\/|\{dir\}\/none.*) list$/,
    since: "old",
  },
  {
    row: "a directory as the program",
    parts: ["errors"],
    cases: /exec \{id\} \/etc$|^launches: run \{id\}$/,
    runc: /permission denied/,
    trunc: /is a directory/,
    since: "old",
  },
  {
    row: "a program that is a directory",
    parts: ["errors"],
    cases: /exec \{id\} \/etc$|^launches: run \{id\}$/,
    runc: /is a directory/,
    trunc: /permission denied, is a directory/,
    since: "new",
  },
  {
    row: "a failing poststop hook",
    parts: ["warnings"],
    cases: /^launches: run \{id\}$/,
    since: "old",
  },
  {
    row: "`update` of what the kernel has no setting for",
    parts: ["framing", "warnings"],
    cases: /^update: running: update --resources - /,
    trunc: /^(plain|warned)$/,
    since: "old",
  },
  {
    row: "a state root that is a file",
    parts: ["errors"],
    cases: /^logs: --root \{bundle\}\/config\.json state nobody$/,
  },
];
