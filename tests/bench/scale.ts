/**
 * `deno task bench:scale [--json] [--bottles N]`: so many bottles started at once, each by a command line of its own, and stopped
 * at once; beside it as many plain containers of the same image. Time and memory for each. Needs root, for the memory.
 */

import { engine, makeHome } from "../e2e/cli/program.ts";
import { round, table } from "./start/stats.ts";
import { totalPssMb } from "./scale/total_memory.ts";

/** What a bottle takes when it idles, not what its start leaves behind for a moment. */
const SETTLE_MS = 10_000;

interface Figures {
  readonly startMs: number;
  readonly stopMs: number;
  readonly memoryMb: number;
}

async function measure(start: () => Promise<void>, stop: () => Promise<void>): Promise<Figures> {
  const before = await totalPssMb();
  const startMs = await time(start);
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  const memoryMb = await totalPssMb() - before;
  return { startMs, memoryMb, stopMs: await time(stop) };
}

async function time(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

async function measureBottles(count: number): Promise<Figures & { readonly image: string }> {
  await using home = await makeHome();
  // The first one builds the images.
  await home.run("cleanup", await home.startBottle(), "--yes");
  let slugs: readonly string[] = [];
  let image = "";
  const figures = await measure(
    async () => {
      slugs = await Promise.all(Array.from({ length: count }, () => home.startBottle()));
    },
    async () => {
      const format = "{{.Config.Image}}";
      image = await engine.docker(["inspect", "--format", format, `bot-bottle-${slugs[0]}-agent`]);
      const codes = await Promise.all(slugs.map((slug) => home.run("stop", slug)));
      if (codes.some(({ code }) => code !== 0)) throw new Error("a stop failed");
    },
  );
  return { ...figures, image: image.trim() };
}

async function measureContainers(count: number, image: string): Promise<Figures> {
  let ids: readonly string[] = [];
  try {
    return await measure(
      async () => {
        const one = ["run", "--detach", "--init", "--network", "none", image, "sleep", "infinity"];
        ids = await Promise.all(Array.from({ length: count }, () => engine.docker(one)));
      },
      async () => {
        await Promise.all(ids.map((id) => engine.docker(["stop", id.trim()])));
      },
    );
  } finally {
    await Promise.all(ids.map((id) => engine.docker(["rm", "--force", id.trim()])));
  }
}

const at = Deno.args.indexOf("--bottles");
const count = at < 0 ? 20 : Number(Deno.args[at + 1]);
const bottles = await measureBottles(count);
const containers = await measureContainers(count, bottles.image);
const figures = {
  bottles: count,
  start_all_s: round(bottles.startMs / 1000, 1),
  start_each_ms: round(bottles.startMs / count, 0),
  stop_all_s: round(bottles.stopMs / 1000, 1),
  memory_each_mb: round(bottles.memoryMb / count, 1),
  docker_start_all_s: round(containers.startMs / 1000, 1),
  docker_stop_all_s: round(containers.stopMs / 1000, 1),
  docker_memory_each_mb: round(containers.memoryMb / count, 1),
  start_ratio_docker_run: round(bottles.startMs / containers.startMs),
  stop_ratio_docker_stop: round(bottles.stopMs / containers.stopMs),
};

const text = Deno.args.includes("--json")
  ? JSON.stringify(figures)
  : table([["figure", "value"], ...Object.entries(figures)]);
await Deno.stdout.write(new TextEncoder().encode(`${text}\n`));
