/** A bottle at work, one process of whose bundle is killed. */

import { engine, type TestHome } from "../../e2e/cli/program.ts";
import { parseSlug, resourceName } from "../../../lib/names.ts";
import type { Random } from "../random.ts";
import { launch } from "./program.ts";

const WORK = "while :; do curl -s -m 5 https://blocked.example/; done";
const MAX_WORK_MS = 3_000;

/** Starts, kills, ends the bottle in one of the ways there are. @returns what went wrong */
export async function killInBundle(
  home: TestHome,
  agent: string,
  random: Random,
): Promise<string | undefined> {
  const started = await home.run("start", agent, "--yes", "--detach");
  if (started.code !== 0) return `start ended with ${started.code}: ${started.stderr}`;
  const slug = started.stdout.trim();
  const work = launch(home, ["exec", slug, "--", "sh", "-c", WORK]);
  try {
    await new Promise((resolve) => setTimeout(resolve, random.below(MAX_WORK_MS)));
    const victim = await killOne(slug, random);
    const ending = random.pick<readonly (readonly string[])[]>([
      [["stop", slug], ["cleanup", slug, "--yes"]],
      [["cleanup", slug, "--yes"]],
      [["stop", slug], ["resume", slug, "--detach"], ["cleanup", slug, "--yes"]],
    ]);
    for (const args of ending) {
      const { code, stderr } = await home.run(...args);
      if (code !== 0) return `${victim} killed, then ${args[0]} ended with ${code}: ${stderr}`;
    }
    return undefined;
  } finally {
    work.signal("SIGKILL", true);
    await work.ended;
  }
}

/** Kills from outside, as root of the host. @returns what was killed */
async function killOne(slug: string, random: Random): Promise<string> {
  const name = resourceName(parseSlug(slug), "bundle");
  const [, ...lines] = (await engine.docker(["top", name, "-o", "pid,args"])).split("\n");
  const [line = "", ...more] = lines.map((each) => each.trim()).filter((each) => each !== "");
  const [pid = "", ...argv] = random.pick([line, ...more]).split(" ");
  Deno.kill(Number(pid), "SIGKILL");
  return argv.slice(-2).join(" ");
}
