/** The proxy's half of a soak: mixed load, mutated requests, crowds of connections, and what is left after all. */

import type { Random } from "../random.ts";
import { type Say, type SoakReport, Violations } from "../report.ts";
import { runCrowd } from "./crowd/crowd.ts";
import { runFuzz } from "./fuzz.ts";
import { type KindTally, runMixedLoad } from "./mixed_load.ts";
import { startSubject, type Subject } from "./subject.ts";
import { MAX_GROWTH, memoryGrowth, readVitals } from "./vitals.ts";

/** What {@linkcode soakEgress} takes. */
export interface EgressSoakOptions {
  /** Of mixed load. */
  readonly ms: number;
  /** Between two requests of one of its clients. */
  readonly pauseMs: number;
  /** Mutated requests after it. */
  readonly requests: number;
  /** At once, after them; 0: none. */
  readonly connections: number;
  readonly random: Random;
  /** Whether memory is held against {@linkcode MAX_GROWTH}: a short run is all warm-up. */
  readonly isMemoryJudged: boolean;
  readonly say: Say;
  readonly signal: AbortSignal;
}

const SAMPLE_MS = 1_000;
const SAY_EVERY_SAMPLES = 15;
const SAY_EVERY_REQUESTS = 2_000;
/** For the last rows, and for connections to be closed. */
const SETTLE_MS = 20_000;

/** Runs it. */
export async function soakEgress(options: EgressSoakOptions): Promise<SoakReport> {
  const { random, say, signal } = options;
  const violations = new Violations();
  await using subject = await startSubject();
  const { pid } = subject.program.process;
  const before = await readVitals(pid);
  const sampler = startSampler(pid, say, () => subject.rows.all);
  const tallies = await runMixedLoad({ ...options, subject, violations });
  const samples = await sampler.stop();
  await checkRows(subject, tallies, violations);
  const memory = memoryGrowth(samples);
  if (options.isMemoryJudged && !(memory.growth <= MAX_GROWTH)) {
    violations.add(`memory: the last quarter is ${memory.growth.toFixed(2)} times the second`);
  }
  const fuzz = await runFuzz({
    subject,
    random,
    violations,
    signal,
    requests: options.requests,
    onProgress: (done) => {
      if (done % SAY_EVERY_REQUESTS < 16) say(`egress: ${done} mutated requests`);
    },
  });
  const crowd = await soakCrowd(options, subject, violations);
  // Idle connections of the proxy's pool are the upstream's to end here: otherwise they would be kept for 30 s.
  await subject.upstream[Symbol.asyncDispose]();
  await subject.hostile[Symbol.asyncDispose]();
  await subject.streams[Symbol.asyncDispose]();
  const left = await lowestFds(pid, before.fds);
  if (left > before.fds) violations.add(`${left - before.fds} descriptors are left open`);
  const after = await readVitals(pid);
  subject.program.process.kill("SIGTERM");
  const { code } = await subject.program.process.status;
  const log = await subject.program.stderr;
  if (code !== 0 || log !== "") violations.add(`the proxy ended with ${code}: ${log}`);
  await subject.lastRow;
  const refused = tallies.find(({ name }) => name === "refused host")?.requests ?? 0;
  if (subject.rows.refused !== refused) {
    violations.add(`audit: ${subject.rows.refused} refusals told of ${refused}`);
  }
  return {
    rows: [
      ["egress", "requests", "not as expected", "MiB checked"],
      ...tallies.map(({ name, requests, failures, bytes }) => [
        name,
        requests,
        failures,
        Math.round(bytes / 2 ** 20),
      ]),
      ["mutated", fuzz.sent, "", ""],
      ...fuzz.kinds.map(({ name, sent }) => [`  ${name}`, sent, "", ""]),
      ["  forwarded", fuzz.forwarded, "", ""],
      ...crowd,
      ["audit rows", subject.rows.all, "", ""],
      ["  sent again", subject.rows.again, "", ""],
      [
        `RSS MiB: start, quarters, end`,
        [before.rssMiB, ...memory.quarters, after.rssMiB].map(Math.round).join(" "),
        "",
        "",
      ],
      ["RSS, last of second quarter", Number(memory.growth.toFixed(2)), "", ""],
      ["descriptors: start, end", `${before.fds} ${left}`, "", ""],
    ],
    violations: violations.list,
  };
}

async function soakCrowd(
  { connections, say }: EgressSoakOptions,
  subject: Subject,
  violations: Violations,
): Promise<SoakReport["rows"]> {
  if (connections === 0) return [];
  say(`egress: ${connections} connections, twice`);
  const { refused, slowestMs, rssMiB } = await runCrowd({ subject, violations, connections });
  return [
    ["connections at once, twice", connections, "", ""],
    ["  refused with 429", refused, "", ""],
    ["  slowest request beside them, ms", Math.round(slowestMs), "", ""],
    ["  RSS MiB: before, most, after one, after both", rssMiB.map(Math.round).join(" "), "", ""],
  ];
}

interface Sampler {
  stop(): Promise<readonly number[]>;
}

function startSampler(pid: number, say: Say, rows: () => number): Sampler {
  const samples: number[] = [];
  let isStopped = false;
  const sampling = (async (): Promise<void> => {
    while (!isStopped) {
      await new Promise((resolve) => setTimeout(resolve, SAMPLE_MS));
      const { rssMiB, fds } = await readVitals(pid);
      samples.push(rssMiB);
      if (samples.length % SAY_EVERY_SAMPLES === 0) {
        say(`egress: ${rows()} rows, ${Math.round(rssMiB)} MiB, ${fds} descriptors`);
      }
    }
  })();
  return {
    stop: async () => {
      isStopped = true;
      // A proxy that has ended is told of by whoever uses it.
      await sampling.catch(() => {});
      return samples;
    },
  };
}

/** One row for each request that passed, with the verdict that fits what was done. */
async function checkRows(
  { rows }: Subject,
  tallies: readonly KindTally[],
  violations: Violations,
): Promise<void> {
  const sum = (...ends: readonly KindTally["end"][]): number =>
    tallies.filter(({ end }) => ends.includes(end)).reduce((all, one) => all + one.requests, 0);
  const expected = sum("answered", "aborted");
  await until(() => rows.passed >= expected);
  // A row too many would come late as well.
  await new Promise((resolve) => setTimeout(resolve, 500));
  if (rows.passed !== expected) {
    violations.add(`audit: ${rows.passed} rows of ${expected} requests that passed`);
  }
  if (rows.failed > sum("aborted")) {
    violations.add(`audit: ${rows.failed} rows failed, ${sum("aborted")} requests were broken off`);
  }
}

async function lowestFds(pid: number, wanted: number): Promise<number> {
  let lowest = Infinity;
  await until(async () => {
    lowest = Math.min(lowest, (await readVitals(pid)).fds);
    return lowest <= wanted;
  });
  return lowest;
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + SETTLE_MS;
  while (!await condition() && performance.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
