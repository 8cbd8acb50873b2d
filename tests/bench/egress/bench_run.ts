/** One run: everybody started, each measurement in turn, everybody ended. */

import { fileURLToPath } from "node:url";
import { createAuthority } from "../../../lib/pki/authority.ts";
import { LeafIssuer } from "../../../lib/pki/leaf.ts";
import { type Check, checkContestant } from "./checks.ts";
import { Client } from "./client_process.ts";
import type { Contestant, ContestantName, Surroundings } from "./contestant.ts";
import { startDirect } from "./contestants/direct.ts";
import { startMitmproxy } from "./contestants/mitmproxy.ts";
import { startNodeHttp } from "./contestants/node_http.ts";
import { startOurs } from "./contestants/ours.ts";
import { startSquid } from "./contestants/squid.ts";
import { type Figures, ORIGIN_NAME } from "./job.ts";
import { measureOnce } from "./measure.ts";
import { type Measure, measures } from "./measures.ts";
import { idleMemory, stalledMemory } from "./memory.ts";
import type { BenchOptions } from "./options.ts";
import { startProgram } from "./program.ts";
import { Results } from "./results.ts";
import { findRivals, rivalVersions } from "./rivals.ts";

/** What a run has found. */
export interface RunOutcome {
  readonly results: Results;
  readonly contestants: readonly Contestant[];
  readonly checks: ReadonlyMap<ContestantName, readonly Check[]>;
  readonly versions: Readonly<Record<string, string>>;
  readonly measured: readonly Pick<Measure, "key" | "title" | "shown">[];
}

const ORIGIN = fileURLToPath(new URL("./origin.ts", import.meta.url));
const TOKEN = "sk-bench-7Qx2mVb9LrT4wZ8nK1pHs6Yd";
/** A moment for what the start left behind to go: idle is idle. */
const REST_MS = 2_000;
const WARM_UP = { kind: "requests", connections: 32, seconds: 4 } as const;
const WARM_UP_LIMIT_MS = 30_000;

/** Owns all that it starts. */
export class BenchRun implements AsyncDisposable {
  readonly #options: BenchOptions;
  readonly #say: (line: string) => void;
  readonly #stack = new AsyncDisposableStack();
  readonly #results = new Results();

  /** @param say gets a line about the progress */
  constructor(options: BenchOptions, say: (line: string) => void) {
    this.#options = options;
    this.#say = say;
  }

  /** Measures everything. */
  async measure(): Promise<RunOutcome> {
    const rivals = await findRivals(this.#say);
    const contestants = await this.#start(rivals);
    const checks = new Map<ContestantName, readonly Check[]>();
    for (const one of contestants) checks.set(one.name, await checkContestant(one, TOKEN));
    const client = this.#stack.use(new Client());
    const hasMemory = this.#options.only.includes("memory");
    if (hasMemory) await this.#measureIdle(contestants);
    await this.#warmUp(client, contestants);
    const chosen = measures(this.#options.seconds)
      .filter(({ part }) => this.#options.only.includes(part));
    for (let round = 1; round <= this.#options.rounds; round++) {
      for (const measure of chosen) {
        for (const one of contestants) {
          if (measure.without.includes(one.name)) continue;
          const where = `${round}/${this.#options.rounds} ${measure.title}`;
          await this.#try(where, measure.key, one, () => measureOnce(client, one, measure));
        }
      }
    }
    if (hasMemory) await this.#measureStalled(client, contestants);
    return {
      results: this.#results,
      contestants,
      checks,
      versions: await rivalVersions(),
      measured: [...chosen, ...(hasMemory ? MEMORY : [])],
    };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync();
  }

  async #start(rivals: ReadonlySet<string>): Promise<readonly Contestant[]> {
    const folder = await Deno.makeTempDir({ prefix: "bench-egress-" });
    // squid runs as another user, which has to get through to its own folder.
    await Deno.chmod(folder, 0o711);
    this.#stack.defer(() => Deno.remove(folder, { recursive: true }));
    const originCa = await createAuthority(new Date());
    const issuer = await LeafIssuer.open(originCa, { now: () => new Date() });
    const leaf = await issuer.leafFor({ kind: "name", value: ORIGIN_NAME });
    const origin = this.#stack.use(
      await startProgram({
        argv: [Deno.execPath(), "run", "-A", "--no-check", ORIGIN],
        stdin: JSON.stringify({ cert: leaf.cert_pem, key: leaf.key_pem }),
        output: `${folder}/origin`,
      }),
    );
    const [originPort = 0, promptPort = 0] = (await origin.firstLine()).split(" ").map(Number);
    const surroundings = {
      originPort,
      promptPort,
      originCaPem: originCa.cert_pem,
      proxyCa: await createAuthority(new Date()),
      token: TOKEN,
    };
    const contestants: Contestant[] = [];
    for (const [name, start] of this.#line(rivals)) {
      this.#say(`Starting ${name}`);
      const own = `${folder}/${name}`;
      await Deno.mkdir(own);
      contestants.push(this.#stack.use(await start({ ...surroundings, folder: own })));
    }
    return contestants;
  }

  #line(
    rivals: ReadonlySet<string>,
  ): readonly (readonly [ContestantName, (surroundings: Surroundings) => Promise<Contestant>])[] {
    return [
      ["direct", startDirect],
      ["ours", startOurs],
      ...(rivals.has("mitmproxy") ? [["mitmproxy", startMitmproxy] as const] : []),
      ...(rivals.has("squid") ? [["squid", startSquid] as const] : []),
      ...(this.#options.withNodeHttp ? [["node-http", startNodeHttp] as const] : []),
    ];
  }

  async #measureIdle(contestants: readonly Contestant[]): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, REST_MS));
    for (const one of contestants) {
      await this.#try("idle memory", "idle", one, () => idleMemory(one));
    }
  }

  /** Compilers need thousands of requests before they have seen enough: what runs for days is not measured in its first seconds. */
  async #warmUp(client: Client, contestants: readonly Contestant[]): Promise<void> {
    for (const one of contestants) {
      this.#say(`Warming ${one.name} up`);
      // Whatever is wrong shows itself where it is measured.
      await client.run(one.way, WARM_UP, WARM_UP_LIMIT_MS).catch(() => {});
    }
  }

  async #measureStalled(client: Client, contestants: readonly Contestant[]): Promise<void> {
    for (const one of contestants) {
      for (const direction of ["down", "up"] as const) {
        const where = `memory, stalled ${direction}`;
        const key = `stalled_${direction}`;
        await this.#try(where, key, one, () => stalledMemory(client, one, direction));
      }
    }
  }

  async #try(
    where: string,
    key: string,
    { name }: Contestant,
    work: () => Promise<Figures>,
  ): Promise<void> {
    try {
      const figures = await work();
      this.#results.add(key, name, figures);
      const told = Object.entries(figures).map(([of, value]) =>
        `${of} ${Number(value.toFixed(3))}`
      );
      this.#say(`${where}: ${name}: ${told.join(", ")}`);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#results.fail(key, name, why);
      this.#say(`${where}: ${name}: failed: ${why}`);
    }
  }
}

const MEMORY: readonly Pick<Measure, "key" | "title" | "shown">[] = [
  { key: "idle", title: "memory, idle after the start", shown: ["resident_mb"] },
  { key: "requests_128", title: "memory, 128 connections", shown: ["resident_mb"] },
  { key: "stalled_down", title: "memory, 50 stalled downloads of 256 MiB", shown: ["resident_mb"] },
  { key: "stalled_up", title: "memory, 50 stalled uploads of 256 MiB", shown: ["resident_mb"] },
];
