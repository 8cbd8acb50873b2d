/**
 * `deno task bench:start [--json] [--runs N]`: from the yes to a bottle that is ready, as a ratio to
 * `docker run --rm <same image> true`, in turn in one run; what an idle bundle takes; what `--help` costs.
 */

import { createDockerBackend } from "../../backends/docker/backend.ts";
import { permissionFlags } from "../../cli/permissions.ts";
import { resourceName } from "../../lib/names.ts";
import { createRun } from "../../lib/process/create_run.ts";
import { findProvider } from "../../providers/registry.ts";
import { createSubject } from "../integration/conformance/subject.ts";
import { type ProcessMemory, readMemory } from "./start/memory.ts";
import { median, round, table } from "./start/stats.ts";
import { type Span, Timeline } from "./start/timeline.ts";

const run = createRun();

async function time(argv: readonly string[]): Promise<number> {
  const started = performance.now();
  const { code, stderr } = await run(argv);
  if (code !== 0) throw new Error(`${argv.join(" ")}: ${new TextDecoder().decode(stderr)}`);
  return performance.now() - started;
}

interface StartFigures {
  readonly readyMs: readonly number[];
  readonly dockerRunMs: readonly number[];
  readonly spans: readonly Span[];
  readonly memory: readonly ProcessMemory[];
}

async function measureStart(runs: number): Promise<StartFigures> {
  const timeline = new Timeline();
  await using subject = await createSubject(
    (context) => createDockerBackend(context, { providers: findProvider }),
    { onCall: (argv) => timeline.start(argv), onEnd: (argv) => timeline.end(argv) },
  );
  const readyMs: number[] = [];
  const dockerRunMs: number[] = [];
  let spans: readonly Span[] = [];
  let memory: readonly ProcessMemory[] = [];
  for (let at = -1; at < runs; at++) {
    const plan = await subject.prepare();
    timeline.begin();
    const bottle = await subject.launch(plan, { progress: timeline.progress });
    const ready = timeline.elapsed;
    if (at === Math.floor(runs / 2)) {
      spans = [...timeline.spans];
      // A moment for the start's garbage to go: the figure is about an idle bundle.
      await new Promise((resolve) => setTimeout(resolve, 5_000));
      memory = await readMemory(run, resourceName(plan.slug, "bundle"), plan.image);
    }
    await bottle[Symbol.asyncDispose]();
    const once = await time(["docker", "run", "--rm", plan.image, "true"]);
    // The first of each is the warm-up: images are built, caches filled.
    if (at < 0) continue;
    readyMs.push(ready);
    dockerRunMs.push(once);
  }
  return { readyMs, dockerRunMs, spans, memory };
}

async function measureHelp(runs: number): Promise<{ helpMs: number; emptyMs: number }> {
  const deno = Deno.execPath();
  const empty = await Deno.makeTempFile({ suffix: ".ts" });
  const main = new URL("../../cli/main.ts", import.meta.url).pathname;
  const help: number[] = [];
  const none: number[] = [];
  for (let at = -1; at < runs; at++) {
    const one = await time([deno, "run", ...permissionFlags(), main, "--help"]);
    const other = await time([deno, "run", empty]);
    if (at < 0) continue;
    help.push(one);
    none.push(other);
  }
  await Deno.remove(empty);
  return { helpMs: median(help), emptyMs: median(none) };
}

function optionOf(name: string, fallback: number): number {
  const at = Deno.args.indexOf(name);
  return at < 0 ? fallback : Number(Deno.args[at + 1]);
}

const runs = optionOf("--runs", 9);
const start = await measureStart(runs);
const help = await measureHelp(15);
const ratios = start.readyMs.map((ms, at) => ms / (start.dockerRunMs[at] ?? NaN));
const figures = {
  runs,
  ready_ms: round(median(start.readyMs), 0),
  docker_run_ms: round(median(start.dockerRunMs), 0),
  ready_ratio_docker_run: round(median(ratios)),
  bundle_pss_mb: round(start.memory.reduce((sum, one) => sum + one.pssMb, 0), 1),
  help_ms: round(help.helpMs, 0),
  empty_deno_ms: round(help.emptyMs, 0),
  help_ratio_empty_deno: round(help.helpMs / help.emptyMs),
};

if (Deno.args.includes("--json")) {
  await Deno.stdout.write(new TextEncoder().encode(`${JSON.stringify(figures)}\n`));
} else {
  const spans = start.spans.toSorted((a, b) => a.from - b.from);
  const text = [
    table([["figure", "value"], ...Object.entries(figures)]),
    table([
      ["where the time goes (one launch)", "from ms", "to ms", "took ms"],
      ...spans.map((
        { name, from, to },
      ) => [name, round(from, 0), round(to, 0), round(to - from, 0)]),
    ]),
    table([
      ["process of the idle bundle", "PSS MiB"],
      ...start.memory.map(({ command, pssMb }) => [command.slice(0, 60), round(pssMb, 1)]),
    ]),
  ].join("\n\n");
  await Deno.stdout.write(new TextEncoder().encode(`${text}\n`));
}
