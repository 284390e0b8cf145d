// Counts what a suite tried. The first failures are kept, the rest only counted.

const KEPT = 8;

export class Tally {
  readonly name: string;
  passed = 0;
  failed = 0;
  readonly failures: string[] = [];
  readonly skips: string[] = [];
  readonly notes: string[] = [];

  constructor(name: string) {
    this.name = name;
  }

  check(holds: boolean, describe: () => string): void {
    if (holds) this.passed++;
    else if (this.failed++ < KEPT) this.failures.push(describe());
  }

  skip(reason: string): void {
    this.skips.push(reason);
  }

  note(text: string): void {
    this.notes.push(text);
  }

  print(): void {
    const skipped = this.skips.length > 0 ? `, ${this.skips.length} skipped` : "";
    console.log(`${this.name}: ${this.passed} passed, ${this.failed} failed${skipped}`);
    for (const reason of this.skips) console.log(`  skipped: ${reason}`);
    for (const text of this.notes) console.log(`  ${text}`);
    for (const text of this.failures) console.log(`  FAILED: ${text}`);
  }
}

export const hex = (value: number | bigint): string => `0x${value.toString(16)}`;
