// Command lines that are half typed, and what every shell must offer for them. Data only.

export interface Line {
  readonly line: string;
  readonly offers: readonly string[];
  /** What must not be among it. */
  readonly not?: readonly string[];
}

/** The stub that stands for trunc knows these, and another one under `--root /other`. */
export const CONTAINERS = ["web", "db"];
export const OTHER = "elsewhere";

export const LINES: readonly Line[] = [
  { line: "trunc sta", offers: ["start", "state"], not: ["stop"] },
  { line: "trunc --log f --debug sta", offers: ["start", "state"] },
  { line: "trunc --roo", offers: ["--root", "--rootless"] },
  { line: "trunc --rootless ", offers: ["true", "false", "auto"] },
  { line: "trunc --cgroup-manager ", offers: ["cgroupfs", "systemd", "disabled"] },
  { line: "trunc checkpoint --manage-cgroups-mode s", offers: ["soft", "strict"], not: ["full"] },
  { line: "trunc state ", offers: CONTAINERS, not: [OTHER] },
  { line: "trunc --root /other state ", offers: [OTHER], not: CONTAINERS },
  { line: "trunc kill web T", offers: ["TERM", "TRAP", "TSTP"], not: ["KILL", "web"] },
  { line: "trunc kill --a", offers: ["--all"] },
  { line: "trunc list --format ", offers: ["table", "json"], not: ["text"] },
  { line: "trunc explain --format ", offers: ["text", "json"], not: ["table"] },
  { line: "trunc create --bun", offers: ["--bundle"] },
  { line: "trunc create --bundle bun", offers: ["bundle"], not: ["bundle.txt"] },
  { line: "trunc create ", offers: [], not: [...CONTAINERS, "create"] },
  { line: "trunc exec --process pro", offers: ["process.json"] },
  { line: "trunc exec --cap CAP_SYS_A", offers: ["CAP_SYS_ADMIN"], not: ["CAP_CHOWN"] },
  { line: "trunc update --memory-s", offers: ["--memory-swap"], not: ["--memory"] },
  { line: "trunc help ki", offers: ["kill"], not: ["list"] },
  { line: "trunc completion z", offers: ["zsh"] },
];
