/**
 * What a build that was broken off leaves in the engine. BuildKit takes back its own; the legacy builder's daemon notices
 * only after a while that its client is gone, and keeps the layers that were done as images without a name. Neither
 * carries a label: the builder's own words tell which they are.
 */

import type { Engine } from "./engine.ts";

const STEP = /^Step \d+\/\d+ : (\S+)/;
const CONTAINER = /^ ---> Running in ([0-9a-f]{12,64})$/;
const CACHED = /^ ---> Using cache$/;
const IMAGE = /^ ---> ([0-9a-f]{12,64})$/;

/** How long the daemon may hold on to what it is about to let go, in milliseconds. */
const TIMEOUT_MS = 20_000;

/** Reads a legacy build's output, line by line. */
export class BuildTraces {
  /** Of the step that is under way; null: none. */
  container: string | null = null;
  /** The newest layer that this build made, and did not find; null: none. */
  layer: string | null = null;
  #isBase = false;
  #isCached = false;

  /** @param line without its line end */
  read(line: string): void {
    const [, instruction] = STEP.exec(line) ?? [];
    if (instruction !== undefined) {
      this.#isBase = instruction.toUpperCase() === "FROM";
      this.#isCached = false;
      this.container = null;
      return;
    }
    if (CACHED.test(line)) this.#isCached = true;
    this.container = CONTAINER.exec(line)?.[1] ?? this.container;
    const [, image] = IMAGE.exec(line) ?? [];
    if (image === undefined) return;
    this.container = null;
    if (!this.#isBase && !this.#isCached) this.layer = image;
  }
}

/**
 * Never throws: the abort is what the caller must see, and the engine removes a container of its builds itself in the end.
 *
 * @returns whether the layer is gone, or there was none
 */
export async function removeTraces(engine: Engine, traces: BuildTraces): Promise<boolean> {
  const { container, layer } = traces;
  try {
    const limit = { timeoutMs: TIMEOUT_MS };
    if (container !== null) await engine.raw(["rm", "--force", "--volumes", container], limit);
    // Without --force, an image that has a name or a use is left alone.
    if (layer === null || !await isNameless(engine, layer)) return true;
    return (await engine.raw(["image", "rm", layer], limit)).code === 0;
  } catch {
    return false;
  }
}

async function isNameless(engine: Engine, image: string): Promise<boolean> {
  const args = ["image", "inspect", "--format", "{{len .RepoTags}}", image];
  const { code, stdout } = await engine.raw(args, { timeoutMs: TIMEOUT_MS });
  return code === 0 && new TextDecoder().decode(stdout).trim() === "0";
}
