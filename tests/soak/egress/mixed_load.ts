/** Clients of all kinds at once, each with one request in flight. */

import type { Random } from "../random.ts";
import type { Violations } from "../report.ts";
import type { ActEnd, ActKind } from "./act.ts";
import { ACTS } from "./acts.ts";
import type { Subject } from "./subject.ts";

/** What one kind of client did. */
export interface KindTally {
  readonly name: string;
  readonly end: ActEnd;
  requests: number;
  failures: number;
  bytes: number;
}

/** What {@linkcode runMixedLoad} takes. */
export interface MixedLoadOptions {
  readonly subject: Subject;
  readonly random: Random;
  readonly violations: Violations;
  readonly ms: number;
  /** Between two requests of a client: the load is to be mixed, not to take the machine. */
  readonly pauseMs: number;
  /** Ends it early. */
  readonly signal: AbortSignal;
}

/** Runs for so long, and to the end of what is in flight then. */
export async function runMixedLoad(options: MixedLoadOptions): Promise<readonly KindTally[]> {
  const end = performance.now() + options.ms;
  const tallies = ACTS.map((kind) => ({
    kind,
    tally: { name: kind.name, end: kind.end, requests: 0, failures: 0, bytes: 0 },
  }));
  await Promise.all(
    tallies.flatMap(({ kind, tally }) =>
      Array.from({ length: kind.clients }, async () => {
        while (performance.now() < end && !options.signal.aborted) {
          await runClient(options, kind, tally, Math.min(end, performance.now() + 20_000));
        }
      })
    ),
  );
  return tallies.map(({ tally }) => tally);
}

/** A client with connections of its own, which are closed at its end. */
async function runClient(
  { subject, random, violations, pauseMs, signal }: MixedLoadOptions,
  kind: ActKind,
  tally: KindTally,
  end: number,
): Promise<void> {
  using http = Deno.createHttpClient({
    proxy: { url: `http://127.0.0.1:${subject.port}` },
    caCerts: [subject.caPem],
    http1: kind.isHttp2 !== true,
    http2: kind.isHttp2 === true,
  });
  do {
    tally.requests += kind.requests ?? 1;
    try {
      tally.bytes += await kind.act({ subject, http, random });
    } catch (error) {
      tally.failures++;
      violations.add(`${kind.name}: ${error instanceof Error ? error.message : String(error)}`);
      if (subject.hasEnded) return;
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  } while (performance.now() < end && !signal.aborted);
}
