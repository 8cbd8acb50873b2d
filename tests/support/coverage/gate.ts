/** How much of the library its unit tests must run. */

import type { FileCoverage, Share } from "./lcov.ts";

/** One bound. */
export interface Gate {
  readonly title: string;
  readonly of: "lines" | "branches";
  /** Which files it sums over, by their path from the root. */
  readonly files: RegExp;
  /** In per cent. */
  readonly least: number;
}

/** The bounds that `deno task cov` holds. */
export const GATES: readonly Gate[] = [
  { title: "lines of lib/", of: "lines", files: /^lib\//, least: 90 },
  { title: "branches of lib/manifest/", of: "branches", files: /^lib\/manifest\//, least: 95 },
  {
    title: "branches of the address code",
    of: "branches",
    files: /^lib\/egress\/(?:host\/[a-z_]+|route\/(?:path[a-z_]*|route_table|decide_request))\.ts$/,
    least: 95,
  },
];

/** How a gate was met. */
export interface Verdict {
  readonly ok: boolean;
  /** `lines of lib/: 91.2 % (at least 90 %)`. */
  readonly line: string;
  /** The files that miss most, at most ten: `lib/a.ts: 12 of 40 lines not run`. */
  readonly missing: readonly string[];
}

/** Holds a coverage against a gate; files of which nothing was found fail it. */
export function judge(gate: Gate, coverage: readonly FileCoverage[]): Verdict {
  const files = coverage.filter(({ file }) => gate.files.test(file));
  const found = sum(files, (file) => file[gate.of].found);
  const hit = sum(files, (file) => file[gate.of].hit);
  const percent = found === 0 ? 0 : 100 * hit / found;
  return {
    ok: percent >= gate.least,
    // Rounded down: 94.96 must not read as the 95 that it misses.
    line: `${gate.title}: ${
      (Math.floor(percent * 10) / 10).toFixed(1)
    } % (at least ${gate.least} %)`,
    missing: files.map((file) => ({ file: file.file, share: file[gate.of] }))
      .filter(({ share }) => missed(share) > 0)
      .sort((a, b) => missed(b.share) - missed(a.share))
      .slice(0, 10)
      .map(({ file, share }) => `${file}: ${missed(share)} of ${share.found} ${gate.of} not run`),
  };
}

function missed({ found, hit }: Share): number {
  return found - hit;
}

function sum(files: readonly FileCoverage[], value: (file: FileCoverage) => number): number {
  return files.reduce((total, file) => total + value(file), 0);
}
