/** What of a bottle is in the engine, and what the engine keeps of it. */

import type { Slug } from "../../../lib/names.ts";
import type { Run } from "../../../lib/process/run.ts";
import { docker, ensureDenoImage } from "../deno_container.ts";
import { type Hit, scanStream } from "./byte_scanner.ts";
import type { Needle } from "./needle.ts";

/** Ids or names. */
export interface EngineObjects {
  readonly containers: readonly string[];
  readonly networks: readonly string[];
  readonly volumes: readonly string[];
  readonly images: readonly string[];
}

/** Whose things to list. */
export interface Owner {
  readonly slug: Slug;
  /** Value of the label `bot-bottle.home`. */
  readonly homeId: string;
}

/** Everything with the bottle's label, the home's shared networks, and the images of the bottle's containers. */
export async function listEngineObjects(run: Run, owner: Owner): Promise<EngineObjects> {
  const slug = `label=bot-bottle.slug=${owner.slug}`;
  const home = `label=bot-bottle.home=${owner.homeId}`;
  const list = async (args: readonly string[]): Promise<readonly string[]> =>
    words(await docker(run, args));
  const containers = await list(["ps", "--all", "--quiet", "--no-trunc", "--filter", slug]);
  const used = await list(["inspect", "--format", "{{.Image}}", ...containers]);
  const labelled = await list(["image", "ls", "--quiet", "--no-trunc", "--filter", slug]);
  return {
    containers,
    networks: await list(["network", "ls", "--quiet", "--no-trunc", "--filter", home]),
    volumes: await list(["volume", "ls", "--quiet", "--filter", slug]),
    images: [...new Set([...used, ...labelled])],
  };
}

/** `docker inspect` of one object. */
export async function inspect(
  run: Run,
  kind: "container" | "network" | "volume" | "image",
  id: string,
): Promise<string> {
  return await docker(run, [kind, "inspect", id]);
}

/** What a container's programs printed. */
export async function containerLogs(run: Run, id: string): Promise<string> {
  const { stdout, stderr } = await run(["docker", "logs", id]);
  return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
}

/** Searches a container's file system as its export shows it. */
export function searchFileSystem(
  run: Run,
  needles: readonly Needle[],
  id: string,
): Promise<readonly Hit[]> {
  return searchOutput(run, needles, ["docker", "export", id]);
}

/** Searches a volume's contents. */
export async function searchVolume(
  run: Run,
  needles: readonly Needle[],
  volume: string,
): Promise<readonly Hit[]> {
  const image = await ensureDenoImage(run);
  const mount = ["--rm", "--network=none", "--volume", `${volume}:/volume:ro`];
  const tar = ["tar", "-c", "-C", "/volume", "."];
  return await searchOutput(run, needles, ["docker", "run", ...mount, image, ...tar]);
}

/** Host process ids of a container's programs. */
export async function processIds(run: Run, id: string): Promise<readonly number[]> {
  const { code, stdout } = await run(["docker", "top", id, "-o", "pid"]);
  if (code !== 0) return [];
  return words(new TextDecoder().decode(stdout)).map(Number).filter(Number.isInteger);
}

async function searchOutput(
  run: Run,
  needles: readonly Needle[],
  argv: readonly string[],
): Promise<readonly Hit[]> {
  await using program = run.duplex(argv);
  const hits = await scanStream(needles, program.readable);
  const { code, stderr } = await program.ended;
  if (code !== 0) throw new Error(`${argv.slice(0, 2).join(" ")}: ${stderr}`);
  return hits;
}

function words(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}
