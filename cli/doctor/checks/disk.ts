/** Free space, and what images of ours take. */

import { dirname } from "node:path";
import { statfs } from "node:fs/promises";
import { probeDisk, type ProbeOptions } from "../../../backends/docker/probe.ts";
import type { Engine } from "../../../backends/engine/engine.ts";
import { BottleError } from "../../../lib/errors.ts";
import { Label } from "../../../lib/names.ts";
import { sizeText } from "../../../lib/size_text.ts";
import { type Finding, note, ok, problem, warning } from "../finding.ts";
import { notChecked } from "../not_checked.ts";
import { probeOptions } from "../probe_options.ts";
import type { Check, EngineScene } from "../scene.ts";

const GIB = 1024 ** 3;

/** The check. */
export const disk: Check = {
  name: "disk",
  run: async ({ services, docker }, signal) => {
    const { context } = services;
    const home = judgeFree("home", `the home "${context.home}"`, await freeBytes(context.home));
    if (docker === null) return [home, notChecked(docker)];
    const options = await probeOptions({ services, docker }, signal);
    const [images, engine] = await Promise.all([
      imagesOfOurs(docker, signal),
      options === null ? null : engineFree(docker.engine, options),
    ]);
    return [
      home,
      engine === null ? notChecked(docker) : judgeFree("engine", "the engine", engine),
      judgeImages(images),
    ];
  },
};

/** Free bytes for each of the two, below which it is a problem, and below which it is worth knowing. */
const BOUNDS = {
  home: { problem: GIB / 10, warning: GIB },
  engine: { problem: GIB, warning: 5 * GIB },
} as const;

/** A first start builds images of 1 GiB or more; a home holds audits and logs. */
export function judgeFree(kind: keyof typeof BOUNDS, what: string, bytes: number): Finding {
  const text = `${sizeText(bytes)} are free for ${what}`;
  const facts = { [`${kind}_free_bytes`]: bytes };
  const fix = kind === "engine"
    ? "See `docker system df`; `bot-bottle cleanup` removes bottles that don't run"
    : "Free some space there, or set BOT_BOTTLE_HOME to another disk";
  if (bytes < BOUNDS[kind].problem) return problem(text, fix, facts);
  return bytes < BOUNDS[kind].warning ? warning(text, fix, facts) : ok(text, facts);
}

/** Layers that two of them share are counted twice: an upper bound. */
export function judgeImages(sizes: readonly number[]): Finding {
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  return note(
    sizes.length === 0
      ? "No images of ours yet"
      : `${sizes.length} images of ours take at most ${sizeText(bytes)}`,
    null,
    { images: sizes.length, image_bytes: bytes },
  );
}

/** The last line of `df -Pk`, as POSIX has it: device, blocks of 1024, used, free, share, mount point. */
export function parseDf(text: string): number | undefined {
  const free = /\s[0-9]+\s+[0-9]+\s+([0-9]+)\s+[0-9]+%\s/.exec(text.trim().split("\n").at(-1) ?? "")
    ?.[1];
  return free === undefined ? undefined : Number(free) * 1024;
}

/** Of the folder, or of the nearest above that is there. */
async function freeBytes(folder: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch (error) {
    if (dirname(folder) === folder) throw error;
    return await freeBytes(dirname(folder));
  }
}

/** @throws {BottleError} what the engine says */
async function engineFree(engine: Engine, options: ProbeOptions): Promise<number> {
  const told = await probeDisk(engine, options);
  const free = parseDf(told);
  if (free !== undefined) return free;
  throw new BottleError(`df said ${JSON.stringify(told.slice(0, 200))}`, { code: "probe-unread" });
}

async function imagesOfOurs(
  { engine }: EngineScene,
  signal: AbortSignal,
): Promise<readonly number[]> {
  const filter = `label=${Label.role}=image`;
  const ids = await engine.docker(["image", "ls", "--quiet", "--no-trunc", "--filter", filter], {
    signal,
  });
  const unique = [...new Set(ids.split("\n").filter((id) => id !== ""))];
  if (unique.length === 0) return [];
  const sizes = await engine.docker(["image", "inspect", "--format", "{{.Size}}", ...unique], {
    signal,
  });
  return sizes.split("\n").map(Number);
}
