/** Mutated traffic against the proxy: it neither ends nor hangs, and makes no two requests of what it took for one. */

import { Wire } from "../../support/egress/wire.ts";
import { type Random, seededRandom } from "../random.ts";
import type { Violations } from "../report.ts";
import type { FuzzCase, FuzzKind } from "./fuzz/case.ts";
import { openPlain } from "./fuzz/connections.ts";
import { FUZZ_KINDS } from "./fuzz/kinds.ts";
import type { Subject } from "./subject.ts";
import { MARK_PATH } from "./upstream.ts";

/** What {@linkcode runFuzz} takes. */
export interface FuzzOptions {
  readonly subject: Subject;
  readonly random: Random;
  readonly violations: Violations;
  /** Mutated things in all. */
  readonly requests: number;
  /** Called now and then with the number that are done. */
  readonly onProgress: (done: number) => void;
  /** Ends it early. */
  readonly signal: AbortSignal;
}

/** What became of them. */
export interface FuzzResult {
  readonly sent: number;
  /** That the upstream saw. */
  readonly forwarded: number;
  /** Of each kind. */
  readonly kinds: readonly { readonly name: string; readonly sent: number }[];
}

const SETTLE_MS = 30_000;

/** Sends them all. */
export async function runFuzz(options: FuzzOptions): Promise<FuzzResult> {
  const { subject, random, violations } = options;
  const { upstream } = subject;
  const first = upstream.seen;
  const tallies = FUZZ_KINDS.map((kind) => ({ kind, sent: 0 }));
  const total = (): number => tallies.reduce((sum, one) => sum + one.sent, 0);
  await Promise.all([true, false].map(async (isCounted) => {
    const own = tallies.filter(({ kind }) => kind.isCounted === isCounted);
    // Each has its own chance: what one draws does not hang on how fast the other is.
    await runLane({ ...options, random: seededRandom(random.below(2 ** 31)) }, own, total);
  }));
  if (subject.hasEnded) violations.add(`fuzz: the proxy ended: ${await subject.program.stderr}`);
  const kinds = tallies.map(({ kind: { name }, sent }) => ({ name, sent }));
  return { sent: total(), forwarded: upstream.seen - first, kinds };
}

/** Batch after batch, until all have sent what they have to together. */
async function runLane(
  options: FuzzOptions,
  tallies: readonly Tally[],
  total: () => number,
): Promise<void> {
  const { subject, random, requests, signal } = options;
  const weight = (list: readonly { readonly weight: number }[]): number =>
    list.reduce((sum, one) => sum + one.weight, 0);
  const own = requests * weight(tallies.map(({ kind }) => kind)) / weight(FUZZ_KINDS);
  const sent = (): number => tallies.reduce((sum, one) => sum + one.sent, 0);
  while (sent() < own && !signal.aborted && !subject.hasEnded) {
    const tally = rarest(tallies);
    const cases = Array.from({ length: tally.kind.batch }, () => tally.kind.make(random, subject));
    await runBatch(options, tally.kind, cases);
    tally.sent += cases.reduce((sum, one) => sum + one.count, 0);
    options.onProgress(total());
  }
}

interface Tally {
  readonly kind: FuzzKind;
  sent: number;
}

/** The one that is furthest behind its share. */
function rarest(tallies: readonly Tally[]): Tally {
  return tallies.reduce((rare, one) =>
    one.sent / one.kind.weight < rare.sent / rare.kind.weight ? one : rare
  );
}

async function runBatch(
  { subject, violations }: FuzzOptions,
  { name, isCounted }: FuzzKind,
  cases: readonly FuzzCase[],
): Promise<void> {
  if (!isCounted) return await sendCases(subject, name, cases, violations);
  const fault = await runCases(subject, name, cases, violations);
  if (fault === undefined) return;
  // Each by itself, to name the one.
  const named: string[] = [];
  for (const one of cases) {
    const itsFault = await runCases(subject, name, [one], violations);
    if (itsFault !== undefined) named.push(`${itsFault}: ${one.describe()}`);
  }
  violations.add(`fuzz: ${name}: ${fault} of a batch; alone: ${named.join("; ") || "none"}`);
}

/** Every request that the upstream counts must be one that the proxy has in its audit as one. @returns what is not so */
async function runCases(
  subject: Subject,
  name: string,
  cases: readonly FuzzCase[],
  violations: Violations,
): Promise<string | undefined> {
  const { upstream, rows } = subject;
  const before = { ...rows, seen: upstream.seen, seenHidden: upstream.seenHidden };
  await sendCases(subject, name, cases, violations);
  if (subject.hasEnded) return undefined;
  await sendMark(subject);
  const seen = (): number => upstream.seen - before.seen;
  const forwarded = (): number => rows.forwarded - before.forwarded;
  const isAccounted = await holds(() =>
    seen() <= forwarded() &&
    upstream.seenHidden - before.seenHidden <= rows.hidden - before.hidden
  );
  return isAccounted ? undefined : `${seen()} requests upstream, ${forwarded()} rows`;
}

async function sendCases(
  subject: Subject,
  name: string,
  cases: readonly FuzzCase[],
  violations: Violations,
): Promise<void> {
  await Promise.all(cases.map(async (one) => {
    const trouble = await one.run(subject);
    if (trouble !== undefined) violations.add(`fuzz: ${name}: ${trouble}: ${one.describe()}`);
  }));
}

/** A well-formed request; once its row is there, the rows of those that were answered before are. */
async function sendMark(subject: Subject): Promise<void> {
  const { marks } = subject.rows;
  using wire = new Wire(await openPlain(subject));
  const authority = `127.0.0.1:${subject.upstream.plainPort}`;
  await wire.write(`GET http://${authority}${MARK_PATH} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`);
  const { status } = await wire.response();
  if (status !== 200) throw new Error(`A well-formed request was answered with ${status}`);
  await holds(() => subject.rows.marks > marks);
}

async function holds(condition: () => boolean): Promise<boolean> {
  const end = performance.now() + SETTLE_MS;
  while (!condition()) {
    if (performance.now() > end) return false;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  return true;
}
