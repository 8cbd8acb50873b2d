/** What the engine made of a container's limits and runtime, by `docker inspect`. */

import type { InForce } from "../backend.ts";
import type { Resources } from "../../lib/manifest/types.ts";
import type { Engine } from "../engine/engine.ts";

const FIELDS = ["Memory", "MemorySwap", "NanoCpus", "PidsLimit", "Runtime"] as const;

/** The options of `docker run` that limit a container. Swap: the same as the memory, so none on top. */
export function limitArgs(resources: Resources): readonly string[] {
  const memory = String(resources.memoryBytes);
  return [
    ...["--pids-limit", String(resources.pids)],
    ...["--memory", memory, "--memory-swap", memory],
    ...["--cpus", String(resources.cpus)],
  ];
}

/** Reads it back. @param container name or id. @throws {BottleError} what the engine says */
export async function readInForce(
  engine: Engine,
  container: string,
  signal?: AbortSignal,
): Promise<InForce> {
  const format = `[${FIELDS.map((field) => `{{json .HostConfig.${field}}}`).join(",")}]`;
  const args = ["container", "inspect", "--format", format, container];
  return parseInForce(JSON.parse(
    await engine.docker(args, signal === undefined ? {} : { signal }),
  ));
}

/** The pure half of {@linkcode readInForce}: what is not there is no limit. */
export function parseInForce(answer: unknown): InForce {
  const [memory, swap, nanoCpus, pids, runtime]: readonly unknown[] = Array.isArray(answer)
    ? answer
    : [];
  const number = (value: unknown): number => typeof value === "number" ? value : 0;
  return {
    runtime: typeof runtime === "string" ? runtime : "",
    limits: {
      memoryBytes: number(memory),
      memorySwapBytes: number(swap),
      cpus: number(nanoCpus) / 1e9,
      pids: typeof pids === "number" ? pids : null,
    },
  };
}
