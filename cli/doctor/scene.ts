/** What the checks of `doctor` work with: gathered once, before they run side by side. */

import type { EngineInfo } from "../../backends/docker/engine_info.ts";
import type { Engine } from "../../backends/engine/engine.ts";
import type { Services } from "../command.ts";
import type { Finding } from "./finding.ts";

/** An engine that can be used. */
export interface EngineScene {
  readonly engine: Engine;
  readonly info: EngineInfo;
  /** When `info` was asked for and answered, in milliseconds of our clock. */
  readonly asked: { readonly from: number; readonly to: number };
  /** The bundle's image, for containers that look around; null: not there, and none was built. */
  readonly image: string | null;
}

/** What every check may use. */
export interface Scene {
  readonly services: Services;
  /** Null where no engine can be used: the check of the engine says why. */
  readonly docker: EngineScene | null;
}

/** One thing to look at. */
export interface Check {
  /** What it is about: one word. */
  readonly name: string;
  /** In milliseconds; default {@linkcode CHECK_MS}. */
  readonly limitMs?: number;
  /** What it gets after that to take back what it made, in milliseconds; default {@linkcode GRACE_MS}. */
  readonly graceMs?: number;
  /** Never says `ok` of what it could not see. @throws whatever it ran into: that is a finding then */
  readonly run: (scene: Scene, signal: AbortSignal) => Promise<readonly Finding[]>;
}

/** Long enough for a few engine calls on a busy machine. */
export const CHECK_MS = 30_000;

/** Long enough to remove a container. */
export const GRACE_MS = 10_000;
