/** Many more connections than the proxy takes: who was there before is served, the others are refused, and nothing is left of them. */

import { defaultLimits } from "../../../../sidecars/egress/limits.ts";
import { Wire } from "../../../support/egress/wire.ts";
import type { Violations } from "../../report.ts";
import { openPlain, openTunnel } from "../fuzz/connections.ts";
import type { Subject } from "../subject.ts";
import { MARK_PATH } from "../upstream.ts";
import { readVitals } from "../vitals.ts";
import type { CrowdTally } from "./order.ts";
import { type CrowdPart, startPart } from "./part_process.ts";

/** What {@linkcode runCrowd} takes. */
export interface CrowdOptions {
  readonly subject: Subject;
  readonly violations: Violations;
  /** Connections at once. */
  readonly connections: number;
}

/** What a crowd did. */
export interface CrowdResult {
  /** Told so by a 429. */
  readonly refused: number;
  /** Of the requests on the connection from before, the slowest. */
  readonly slowestMs: number;
  /** Resident memory, MiB: before, with a crowd, after the first one, after the second. */
  readonly rssMiB: readonly number[];
}

/** On the connection from before, at least. */
const REQUESTS = 50;
const BETWEEN_MS = 20;
/** A machine has other work too. */
const PATIENCE_MS = 60_000;
const SETTLE_MS = 20_000;
/** What a second crowd may leave: of 10,000 connections, less than two kilobytes each. */
const MOST_LEFT_MIB = 16;
/** The bound of a bundle. */
const MOST_MIB = 512;

/** Two crowds, one after the other: what the first one leaves is the proxy's own, what the second one adds is lost. */
export async function runCrowd(options: CrowdOptions): Promise<CrowdResult> {
  const { subject, violations } = options;
  const { pid } = subject.program.process;
  const before = await readVitals(pid);
  const first = await runOne(options);
  const between = await settledRss(pid);
  const second = await runOne(options);
  const after = await settledRss(pid);
  const most = Math.max(first.rssMiB, second.rssMiB);
  if (after > between + MOST_LEFT_MIB) {
    violations.add(`crowd: the second one leaves ${Math.round(after - between)} MiB`);
  }
  if (most > MOST_MIB) violations.add(`crowd: it takes the proxy to ${Math.round(most)} MiB`);
  return {
    refused: first.refused + second.refused,
    slowestMs: Math.max(first.slowestMs, second.slowestMs),
    rssMiB: [before.rssMiB, most, between, after],
  };
}

interface OneResult {
  readonly refused: number;
  readonly slowestMs: number;
  readonly rssMiB: number;
}

async function runOne({ subject, violations, connections }: CrowdOptions): Promise<OneResult> {
  using from = new Wire(await openTunnel(subject, subject.upstream.tlsPort));
  await using stack = new AsyncDisposableStack();
  const texts = textsFor(subject);
  const parts: CrowdPart[] = [];
  for (const text of texts) {
    const count = Math.ceil(connections / texts.length);
    parts.push(stack.use(await startPart({ port: subject.port, text, count })));
  }
  const sum = (name: keyof CrowdTally): number =>
    parts.reduce((all, { tally }) => all + tally[name], 0);
  const isSettled = (): boolean => {
    const come = sum("open") + sum("refused") + sum("ended") + sum("failed");
    return come >= connections && sum("open") <= defaultLimits.connections;
  };
  const slowestMs = await serveWhile(from, subject, isSettled);
  if (!isSettled()) violations.add(`crowd: ${sum("open")} of ${connections} are there still`);
  if (sum("failed") > 0) violations.add(`crowd: ${sum("failed")} did not get to the proxy`);
  // Whoever has said something already may be reset before it reads the answer.
  const unanswered = parts[0]?.tally.ended ?? 0;
  if (unanswered > 0) violations.add(`crowd: ${unanswered} were let go without an answer`);
  const { rssMiB } = await readVitals(subject.program.process.pid);
  const refused = sum("refused");
  await stack.disposeAsync();
  if (!await isServed(subject)) violations.add("crowd: nobody is served after it");
  return { refused, slowestMs, rssMiB };
}

/** Nothing; a head that has begun; a tunnel without TLS in it; a body that has begun. */
function textsFor({ upstream: { tlsPort, plainPort } }: Subject): readonly string[] {
  const [tls, plain] = [`127.0.0.1:${tlsPort}`, `127.0.0.1:${plainPort}`];
  return [
    "",
    "GET http://x/ HTTP/1.1\r\nX: ",
    `CONNECT ${tls} HTTP/1.1\r\nHost: ${tls}\r\n\r\n`,
    `POST http://${plain}/ok/hash HTTP/1.1\r\nHost: ${plain}\r\nContent-Length: 99999\r\n\r\nx`,
  ];
}

/** Asks on a connection from before, again and again, until it has settled. @returns the slowest, ms @throws if one is not answered */
async function serveWhile(
  from: Wire,
  { upstream: { tlsPort } }: Subject,
  isSettled: () => boolean,
): Promise<number> {
  const end = performance.now() + PATIENCE_MS;
  let slowestMs = 0;
  for (let done = 0; done < REQUESTS || !isSettled() && performance.now() < end; done++) {
    const begun = performance.now();
    await from.write(`GET ${MARK_PATH} HTTP/1.1\r\nHost: 127.0.0.1:${tlsPort}\r\n\r\n`);
    const { status } = await from.response();
    if (status !== 200) throw new Error(`A connection from before was answered with ${status}`);
    slowestMs = Math.max(slowestMs, performance.now() - begun);
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS));
  }
  return slowestMs;
}

/** Somebody new, once all others are gone. */
async function isServed(subject: Subject): Promise<boolean> {
  const authority = `127.0.0.1:${subject.upstream.plainPort}`;
  const end = performance.now() + PATIENCE_MS;
  while (performance.now() < end) {
    try {
      using wire = new Wire(await openPlain(subject));
      await wire.write(
        `GET http://${authority}${MARK_PATH} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`,
      );
      if ((await wire.response()).status === 200) return true;
    } catch {
      // Not yet.
    }
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS));
  }
  return false;
}

/** The least that is seen for a while: a heap that is idle is tidied up after some seconds. */
async function settledRss(pid: number): Promise<number> {
  const end = performance.now() + SETTLE_MS;
  let least = Infinity;
  while (performance.now() < end) {
    least = Math.min(least, (await readVitals(pid)).rssMiB);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  return least;
}
