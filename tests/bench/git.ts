/**
 * `deno task bench:git [--json] [--rounds N] [--only PART,…]`: clones and pushes of a repository of 100 MiB and 20,000 commits through the gate, in
 * turn with plain ssh to the same server. One network, containers with a bundle's limits on all sides.
 */

import { pushTogether } from "../support/git/push_together.ts";
import { type BenchStage, openBenchStage } from "./git/bench_stage.ts";
import { measureClones } from "./git/clones.ts";
import { type BenchOptions, parseOptions } from "./git/options.ts";
import { measurePushes } from "./git/pushes.ts";
import {
  figuresOf,
  jsonReport,
  type Measured,
  overBounds,
  type Surroundings,
  textReport,
} from "./git/report.ts";
import { measureScans } from "./git/scans.ts";
import { bundleUnscanned } from "./git/unscanned.ts";

const AGENTS = 10;
/** Pushes are short: so many more of them than rounds. */
const PUSHES_A_ROUND = 5;
/** Of the gate that does not scan, on the bench's network. */
const UNSCANNED = { host: "git-gate-unscanned", at: 5 } as const;

function say(line: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));
}

async function measure(stage: BenchStage, { only, rounds }: BenchOptions): Promise<Measured> {
  let measured: Measured = {};
  if (only.includes("clone")) {
    say("cloning");
    measured = { ...measured, clone: await measureClones(stage, rounds) };
  }
  if (only.includes("push") || only.includes("scan")) {
    const folder = await Deno.makeTempDir({ prefix: "bot-bottle-bench-git-" });
    try {
      const script = await bundleUnscanned(folder);
      await using unscanned = await stage.startGate({ ...UNSCANNED, script });
      if (only.includes("push")) {
        say("pushing");
        const push = await measurePushes(stage, unscanned, PUSHES_A_ROUND * rounds);
        measured = { ...measured, push };
      }
      if (only.includes("scan")) {
        say("scanning");
        await using scanned = await stage.startGate();
        const scan = await measureScans(stage, { scanned, unscanned }, rounds);
        measured = { ...measured, scan };
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  }
  if (only.includes("agents")) {
    say(`${AGENTS} agents pushing at once`);
    await using gate = await stage.startGate();
    const { client, upstream } = stage;
    const url = stage.gateUrl(gate);
    const agents = await pushTogether({ client, upstream, url, agents: AGENTS });
    measured = { ...measured, agents: { ...agents, agents: AGENTS } };
  }
  return measured;
}

async function surroundingsOf({ client }: BenchStage): Promise<Surroundings> {
  const git = await client.git(["--version"]);
  const ssh = (await client.sh("ssh -V")).stderr.trim();
  const memory = Deno.systemMemoryInfo();
  return {
    machine: `${navigator.hardwareConcurrency} cores, ${
      Math.round(memory.total / 1024 ** 3)
    } GiB, ${Deno.build.os} ${Deno.osRelease()} ${Deno.build.arch}, Deno ${Deno.version.deno}`,
    sides: {
      ssh: `${git} over ${ssh} to the upstream's own git, which had been repacked with a bitmap`,
      gate: "smart HTTP to git-gate, which asks the upstream by ssh before each request, checks " +
        "objects (fsck), judges refs, forwards by ssh and records each push",
      push: "through a gate whose scan finds nothing without looking",
      scan:
        "the same push with gitleaks and the search for known secrets, less one without, by MiB",
    },
  };
}

const options = parseOptions(Deno.args);
await using stage = await openBenchStage(say);
const measured = await measure(stage, options);
const figures = figuresOf(measured);
const surroundings = await surroundingsOf(stage);
const text = options.isJson ? jsonReport(figures, surroundings) : textReport(figures, surroundings);
await Deno.stdout.write(new TextEncoder().encode(`${text}\n`));
overBounds(figures).forEach(say);
const faults = measured.agents?.faults ?? [];
faults.forEach(say);
if (faults.length > 0) Deno.exitCode = 1;
