// Results -> a picture for the README: bars of `run`, and of the steps, for trunc, its newest peers and the floor. Pure.
// Transparent, with colours that hold on light and dark pages; the text follows the reader's scheme.

import { type CaseResult, LIFECYCLE, newestOf, type Results, type Row } from "./report.ts";

const WIDTH = 760;
const LABEL_WIDTH = 150;
const VALUE_WIDTH = 90;
const BAR_HEIGHT = 16;
const BAR_STEP = 22;
const PANEL_GAP = 34;
const COLOURS = new Map([
  ["floor", "#8b949e"],
  ["trunc", "#2f81f7"],
  ["crun", "#d18616"],
  ["runc", "#3fa662"],
]);
const OTHER_COLOUR = "#a371f7";

interface Bar {
  readonly label: string;
  readonly kind: string;
  readonly median: number;
  readonly min: number;
}

export function drawResults(results: Results): string {
  const shown = results.cases.find(({ name }) => name === "docker-new") ?? results.cases[0];
  if (!shown) throw new Error("nothing to draw");
  const panels = panelsOf(shown).filter(([, bars]) => bars.length > 0);
  let y = 46;
  const body: string[] = [];
  for (const [title, bars] of panels) {
    body.push(...drawPanel(title, bars, y));
    y += 12 + bars.length * BAR_STEP + PANEL_GAP;
  }
  const { machine, rounds, date } = results;
  const foot = `${machine.cpus} CPUs, Linux ${machine.kernel}, cgroup ${machine.cgroups}, ${rounds} interleaved rounds, ${date.slice(0, 10)}`;
  const title = `Milliseconds, median (line: minimum); ${shown.name === "default" ? "runc's default spec" : "Docker's config.json"}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" width="${WIDTH}" height="${y}" role="img" aria-label="${escapeXml(title)}">
<style>
  text { font: 12px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #1f2328 }
  .head { font-weight: 600; font-size: 14px } .panel { font-weight: 600 } .small { font-size: 10px; opacity: .7 }
  .min { stroke: #1f2328; stroke-width: 2 }
  @media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .min { stroke: #e6edf3 } }
</style>
<text class="head" x="8" y="22">${escapeXml(title)}</text>
${body.join("\n")}
<text class="small" x="8" y="${y - 10}">${escapeXml(foot)}</text>
</svg>
`;
}

function panelsOf({ rows }: CaseResult): [string, Bar[]][] {
  const floors = rows.filter((row) => row.kind === "floor");
  const newest = ["trunc", "crun", "runc"].flatMap((kind) => newestOf(rows, kind) ?? []);
  const bars = (list: readonly Row[], step: string) => list.flatMap((row) => barOf(row, step));
  return [
    ["run /bin/true", bars([...floors, ...newest], "run")],
    ...LIFECYCLE.map((step): [string, Bar[]] => [step, bars(newest, step)]),
  ];
}

function barOf(row: Row, step: string): Bar[] {
  const wall = row.steps[step]?.wallMs;
  const number = /\d[\w.]*/.exec(row.version)?.[0];
  const label = number ? `${row.kind} ${number}` : row.name;
  return wall ? [{ label, kind: row.kind, ...wall }] : [];
}

/** Each panel has a scale of its own: `run` would flatten `state`. */
function drawPanel(title: string, bars: readonly Bar[], top: number): string[] {
  const scale = (WIDTH - LABEL_WIDTH - VALUE_WIDTH) / Math.max(...bars.map(({ median }) => median));
  const lines = [`<text class="panel" x="8" y="${top + 4}">${escapeXml(title)}</text>`];
  for (const [index, bar] of bars.entries()) {
    const y = top + 12 + index * BAR_STEP;
    const width = Math.max(1, bar.median * scale);
    const min = LABEL_WIDTH + bar.min * scale;
    const colour = COLOURS.get(bar.kind) ?? OTHER_COLOUR;
    lines.push(
      `<text x="${LABEL_WIDTH - 8}" y="${y + 12}" text-anchor="end">${escapeXml(bar.label)}</text>`,
      `<rect x="${LABEL_WIDTH}" y="${y}" width="${width.toFixed(1)}" height="${BAR_HEIGHT}" rx="3" fill="${colour}"/>`,
      `<line class="min" x1="${min.toFixed(1)}" x2="${min.toFixed(1)}" y1="${y + 2}" y2="${y + BAR_HEIGHT - 2}"/>`,
      `<text x="${(LABEL_WIDTH + width + 8).toFixed(1)}" y="${y + 12}">${bar.median.toFixed(1)} (${bar.min.toFixed(1)})</text>`,
    );
  }
  return lines;
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
