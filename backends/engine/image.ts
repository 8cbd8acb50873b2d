/** Images as the engine has them. */

import type { Engine } from "./engine.ts";
import { engineError, EngineErrorCode } from "./errors.ts";

/** An image's facts. */
export interface EngineImage {
  /** `sha256:<64 hex>`: one content, whatever its names are. */
  readonly id: string;
  /** Names that lead to it: `debian:trixie-slim`. */
  readonly tags: readonly string[];
  /** Of all its layers, those that it shares with others too. */
  readonly bytes: number;
  /** Names of the variables that it sets. */
  readonly variables: readonly string[];
  /** Folders that it declares to be volumes. */
  readonly volumes: readonly string[];
}

/** Whether the engine has an image of this name. */
export async function hasImage(
  engine: Engine,
  tag: string,
  signal?: AbortSignal,
): Promise<boolean> {
  return await inspect(engine, ["{{.Id}}", tag], signal) !== undefined;
}

/** The image of this name or id; undefined if the engine has none. */
export async function inspectImage(
  engine: Engine,
  name: string,
  signal?: AbortSignal,
): Promise<EngineImage | undefined> {
  const text = await inspect(engine, ["{{json .}}", name], signal);
  return text === undefined ? undefined : await parseImage(text);
}

/** @param asked format and name */
async function inspect(
  engine: Engine,
  asked: readonly [string, string],
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const args = ["image", "inspect", "--format", ...asked];
  const result = await engine.raw(args, signal === undefined ? {} : { signal });
  if (result.code === 0) return new TextDecoder().decode(result.stdout);
  const error = engineError(args, result);
  if (error.code === EngineErrorCode.notFound) return undefined;
  throw error;
}

/** Several at once, by id or name. Those that are gone are left out. */
export async function inspectImages(
  engine: Engine,
  names: readonly string[],
  signal?: AbortSignal,
): Promise<readonly EngineImage[]> {
  if (names.length === 0) return [];
  const args = ["image", "inspect", "--format", "{{json .}}", ...names];
  const result = await engine.raw(args, signal === undefined ? {} : { signal });
  if (result.code !== 0) {
    const error = engineError(args, result);
    if (error.code !== EngineErrorCode.notFound) throw error;
  }
  const lines = new TextDecoder().decode(result.stdout).split("\n");
  return await Promise.all(lines.filter((line) => line !== "").map(parseImage));
}

async function parseImage(text: string): Promise<EngineImage> {
  const { imageShape } = await import("./image_shape.ts");
  const facts = imageShape.parse(JSON.parse(text));
  const { Id: id, RepoTags: tags, Size: bytes, Config: config } = facts;
  return {
    id,
    tags: (tags ?? []).filter((tag) => tag !== "<none>:<none>"),
    bytes: bytes ?? 0,
    variables: (config?.Env ?? []).map((pair) => pair.split("=", 1)[0] ?? ""),
    volumes: Object.keys(config?.Volumes ?? {}),
  };
}
