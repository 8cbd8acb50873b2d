/** The figures that are held against a bound. */

import type { Results, Spread } from "./results.ts";

/** One of them. */
export interface BoundFigure {
  /** Its key in the JSON. */
  readonly key: string;
  /** Undefined: not measured. */
  readonly value: Spread | undefined;
  readonly bound: { readonly kind: "at least" | "at most"; readonly value: number };
  /** What is hoped for beyond the bound. */
  readonly aim?: number;
}

/** Counted out of what was measured. A ratio, or what is added, is that of one round; then the median over the rounds. */
export function boundFigures(results: Results): readonly BoundFigure[] {
  const ratio = (one: number, other: number): number => one / other;
  const added = (one: number, other: number): number => one - other;
  const rate = (rival: "mitmproxy" | "squid"): Spread | undefined =>
    results.compare("requests_32", "per_second", ["ours", rival], ratio);
  const throughput = (key: string): Spread | undefined =>
    results.compare(key, "megabytes_per_second", ["ours", "mitmproxy"], ratio);
  const firstByte = (key: string): Spread | undefined =>
    results.compare(key, "p50_ms", ["ours", "direct"], added);
  return [
    { key: "rps_ratio_mitmproxy", value: rate("mitmproxy"), bound: atLeast(8) },
    { key: "rps_ratio_squid", value: rate("squid"), bound: atLeast(0.6), aim: 0.9 },
    {
      key: "throughput_ratio_mitmproxy",
      value: worse(throughput("download"), throughput("upload"), Math.min),
      bound: atLeast(2),
    },
    {
      key: "added_ttfb_p50_ms",
      value: worse(firstByte("first_byte_1k"), firstByte("first_byte_100k"), Math.max),
      bound: atMost(1),
    },
    {
      key: "sse_first_event_ms",
      value: results.compare("events", "p50_ms", ["ours", "direct"], added),
      bound: atMost(5),
    },
    {
      key: "stalled_memory_mb",
      value: results.spread("stalled_down", "ours", "resident_mb"),
      bound: atMost(500),
      aim: 300,
    },
  ];
}

/** Whether a figure keeps to its bound; undefined if there is none. */
export function isMet({ value, bound }: BoundFigure): boolean | undefined {
  if (value === undefined) return undefined;
  return bound.kind === "at least" ? value.median >= bound.value : value.median <= bound.value;
}

function atLeast(value: number): BoundFigure["bound"] {
  return { kind: "at least", value };
}

function atMost(value: number): BoundFigure["bound"] {
  return { kind: "at most", value };
}

/** Of two figures the one that the bound is harder on; neither, if one is lacking. */
function worse(
  one: Spread | undefined,
  other: Spread | undefined,
  pick: (a: number, b: number) => number,
): Spread | undefined {
  if (one === undefined || other === undefined) return undefined;
  return pick(one.median, other.median) === one.median ? one : other;
}
