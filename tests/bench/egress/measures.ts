/** What is measured, in which order. */

import type { ContestantName } from "./contestant.ts";
import type { Job } from "./job.ts";

/** Parts of a run that `--only` can name. */
export const PARTS = [
  "requests",
  "streams",
  "transfer",
  "sessions",
  "first-byte",
  "events",
  "messages",
  "memory",
] as const;

/** One of them. */
export type Part = typeof PARTS[number];

/** One measurement, the same for everybody. */
export interface Measure {
  readonly part: Part;
  /** Its key in the raw table. */
  readonly key: string;
  /** For people. */
  readonly title: string;
  readonly job: Job;
  /** What the figures are named that go into the printed table. */
  readonly shown: readonly string[];
  /** Who can't do it, whatever its set-up. */
  readonly without: readonly ContestantName[];
}

/** How many event streams a run opens. */
const EVENT_STREAMS = 30;

/** All measurements in order. @param seconds of each that lasts a time */
export function measures(seconds: number): readonly Measure[] {
  const rates = ["per_second", "p50_ms", "p99_ms"];
  const requests = (connections: number): Measure => ({
    part: "requests",
    key: `requests_${connections}`,
    title: `1 kB, HTTP/1.1, ${connections} connection${connections === 1 ? "" : "s"}`,
    job: { kind: "requests", connections, seconds },
    shown: [...rates, "cpu_us"],
    without: [],
  });
  const firstByte = (path: "/1k" | "/100k", size: string): Measure => ({
    part: "first-byte",
    key: `first_byte${path.replace("/", "_")}`,
    title: `first byte of ${size}, one connection`,
    job: { kind: "first-byte", path, seconds: seconds / 2 },
    shown: ["p50_ms", "p99_ms"],
    without: [],
  });
  const transfer = (kind: "download" | "upload", title: string): Measure => ({
    part: "transfer",
    key: kind,
    title,
    job: { kind },
    shown: ["megabytes_per_second"],
    // `fetch` sends no length with a stream.
    without: kind === "upload" ? ["node-http"] : [],
  });
  return [
    requests(1),
    requests(32),
    requests(128),
    {
      part: "streams",
      key: "streams_32",
      title: "1 kB, HTTP/2, one connection, 32 streams",
      job: { kind: "streams", streams: 32, seconds },
      shown: [...rates, "cpu_us"],
      // squid 5 speaks HTTP/1 alone; node-http is the answer of a question about HTTP/1.
      without: ["squid", "node-http"],
    },
    transfer("download", "256 MiB down"),
    transfer("upload", "256 MiB up, with its length"),
    {
      part: "sessions",
      key: "sessions",
      title: "new TLS sessions, 8 at a time",
      job: { kind: "sessions", seconds },
      shown: [...rates, "cpu_us"],
      without: [],
    },
    firstByte("/1k", "1 kB"),
    firstByte("/100k", "100 kB"),
    {
      part: "events",
      key: "events",
      title: "first event, from send to receipt",
      job: { kind: "events", times: EVENT_STREAMS },
      shown: ["p50_ms", "most_ms"],
      without: ["node-http"],
    },
    {
      part: "messages",
      key: "messages",
      title: "WebSocket round trip, 32 bytes",
      job: { kind: "messages", seconds: seconds / 2 },
      shown: ["p50_ms", "p99_ms"],
      without: ["node-http"],
    },
  ];
}
