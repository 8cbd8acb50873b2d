/** Whether this engine will do. */

import type { Availability } from "../backend.ts";
import { BottleError } from "../../lib/errors.ts";
import type { EngineRuntimes } from "../../lib/plan/runtime.ts";
import type { Engine } from "../engine/engine.ts";
import { engineInfo, engineRuntimes } from "./engine_info.ts";

/** What an engine says of itself. */
export interface EngineFacts {
  readonly version: string;
  /** `[1, 41]`: Docker 20.10. */
  readonly api: readonly [number, number];
  /** `linux` or `windows`: of the containers. */
  readonly os: string;
}

/** Docker 20.10, the oldest that is tested. */
const OLDEST: readonly [number, number] = [1, 41];

/** Asks the engine. @throws {BottleError} `docker-missing`, `docker-unreachable`, `docker-not-permitted` */
export async function engineFacts(engine: Engine, signal?: AbortSignal): Promise<EngineFacts> {
  const format = "{{.Server.Version}}\t{{.Server.APIVersion}}\t{{.Server.Os}}";
  const answer = await engine.docker(
    ["version", "--format", format],
    signal === undefined ? {} : { signal },
  );
  // `docker version` aligns columns: a tab in the format comes out as blanks.
  const [version = "", api = "", os = ""] = answer.split(/\s+/);
  const [major = 0, minor = 0] = api.split(".").map(Number);
  return { version, api: [major, minor], os };
}

/** `availability()`. Problems of the engine are its answer; anything else is thrown. @param home where self-tests are remembered */
export async function checkAvailability(
  engine: Engine,
  home: string,
  signal?: AbortSignal,
): Promise<Availability> {
  try {
    const [facts, runtimes] = await Promise.all([
      engineFacts(engine, signal),
      askRuntimes(engine, home, signal),
    ]);
    return judgeFacts(facts, runtimes);
  } catch (error) {
    if (!(error instanceof BottleError) || !error.code.startsWith("docker-")) throw error;
    return { usable: false, problem: error.message, hint: error.hint ?? "See `docker version`" };
  }
}

/** The pure half of {@linkcode checkAvailability}. */
export function judgeFacts(facts: EngineFacts, runtimes: EngineRuntimes): Availability {
  if (facts.os !== "linux") {
    return {
      usable: false,
      problem: `Docker runs ${JSON.stringify(facts.os)} containers`,
      hint: "Switch the engine to Linux containers",
    };
  }
  if (isOlder(facts.api, OLDEST)) {
    return {
      usable: false,
      problem: `Docker ${facts.version} is too old`,
      hint: "Docker 20.10 or newer is needed",
    };
  }
  return { usable: true, version: facts.version, notes: [], runtimes };
}

/** An engine that does not tell has its own runtime and no other; one that can't be asked, the other call tells of. */
async function askRuntimes(
  engine: Engine,
  home: string,
  signal?: AbortSignal,
): Promise<EngineRuntimes> {
  try {
    return await engineRuntimes(await engineInfo(engine, signal), home);
  } catch {
    signal?.throwIfAborted();
    return { names: [], byDefault: "", gvisor: { kind: "unlisted" }, keepsFiles: false };
  }
}

function isOlder(one: readonly [number, number], other: readonly [number, number]): boolean {
  return one[0] < other[0] || (one[0] === other[0] && one[1] < other[1]);
}
