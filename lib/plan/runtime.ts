/**
 * Under which runtime an agent's container runs: gVisor's (`runsc`) where it is known to work here, else the engine's own
 * (docs/adr/0012-gvisor-choice.md). Pure.
 */

import { BottleError, ExitCode } from "../errors.ts";
import { BottlePlan, type Notice } from "./plan.ts";
import type { RuntimeChoice } from "./spec.ts";

/** What is known of gVisor on an engine. A test counts only for the engine and the registration that it was made under. */
export type GvisorState =
  | { readonly kind: "unlisted" }
  | { readonly kind: "untested" }
  /** `testedAt`: RFC 3339. */
  | { readonly kind: "passed"; readonly testedAt: string }
  | { readonly kind: "failed"; readonly testedAt: string; readonly why: string };

/** The runtimes of an engine. */
export interface EngineRuntimes {
  /** Names that `--runtime` takes there. */
  readonly names: readonly string[];
  /** What a container gets that asks for none. */
  readonly byDefault: string;
  /** What is known of gVisor there. */
  readonly gvisor: GvisorState;
  /** Whether gVisor is registered so that what a container writes outlives its stop (`--overlay2=none`). */
  readonly keepsFiles: boolean;
}

/** The runtime of a plan. */
export interface RuntimePlan {
  /** `--runtime`; null: it was left to us. */
  readonly asked: RuntimeChoice | null;
  /** The name for the engine; null: whatever is its default. */
  readonly name: RuntimeChoice | null;
  /** Why this one: words for the preflight. */
  readonly why: string;
}

/** Before the engine is asked. */
export function plannedRuntime(asked: RuntimeChoice | undefined): RuntimePlan {
  return asked === undefined
    ? { asked: null, name: null, why: "chosen when it starts" }
    : { asked, name: asked, why: "asked for" };
}

/**
 * The plan with its runtime chosen by what the engine has.
 *
 * @param isKept the container is there already: its runtime can't be changed any more
 * @throws {BottleError} `runtime-unavailable`, exit code 125, where the engine has no such runtime
 */
export function settleRuntime(
  plan: BottlePlan,
  runtimes: EngineRuntimes,
  isKept = false,
): BottlePlan {
  const { asked } = plan.fields.runtime;
  if (asked !== null && !runtimes.names.includes(asked)) throw unavailable(asked, runtimes);
  const { notices, ...runtime } = isKept
    ? { asked, name: asked, why: "as its container was made", notices: [] }
    : asked === null
    ? chooseFreely(runtimes)
    : { asked, name: asked, why: "asked for", notices: noticesOfAsked(asked, runtimes) };
  const lost = runtime.name === "runsc" && !runtimes.keepsFiles ? [LOST] : [];
  return new BottlePlan({
    ...plan.fields,
    runtime,
    notices: [...plan.fields.notices, ...notices, ...lost],
  });
}

/** Of gVisor's file system (gvisor.dev, "Filesystem"): the root's overlay is the sandbox's own unless told otherwise. */
const LOST: Notice = {
  level: "warning",
  text:
    "Under gVisor what the agent writes is gone when the bottle stops, unless runsc is registered with --overlay2=none",
};

function chooseFreely(
  runtimes: EngineRuntimes,
): RuntimePlan & { readonly notices: readonly Notice[] } {
  const { gvisor, byDefault, names } = runtimes;
  if (gvisor.kind === "passed") {
    const why = `gVisor; its self-test passed on ${gvisor.testedAt.slice(0, 10)}`;
    return { asked: null, name: "runsc", why, notices: [] };
  }
  // An engine whose default is gVisor would run it untested.
  const name = byDefault === "runsc" && names.includes("runc") ? "runc" : null;
  const notices = describeFallback(runtimes);
  return { asked: null, name, why: "the engine's own", notices };
}

function describeFallback({ gvisor }: EngineRuntimes): readonly Notice[] {
  switch (gvisor.kind) {
    case "unlisted":
    case "passed":
      return [];
    case "untested":
      return [{
        level: "info",
        text:
          "The engine has gVisor, and it is not used: `bot-bottle doctor` has not tested it here",
      }];
    case "failed":
      return [{
        level: "warning",
        text: `The engine has gVisor, and it is not used: ${failed(gvisor)}`,
      }];
    default:
      return gvisor satisfies never;
  }
}

function noticesOfAsked(asked: RuntimeChoice, { gvisor }: EngineRuntimes): readonly Notice[] {
  if (asked === "runsc" && gvisor.kind === "failed") {
    return [{ level: "warning", text: `gVisor is asked for, but ${failed(gvisor)}` }];
  }
  return [];
}

function failed({ testedAt, why }: { readonly testedAt: string; readonly why: string }): string {
  return `its self-test of ${testedAt.slice(0, 10)} failed: ${why}`;
}

function unavailable(asked: RuntimeChoice, { names }: EngineRuntimes): BottleError {
  return new BottleError(`The engine has no runtime "${asked}"`, {
    code: "runtime-unavailable",
    exitCode: ExitCode.cannotStart,
    hint: `It has ${names.map((name) => `"${name}"`).join(", ") || "none that it tells of"}; ` +
      (asked === "runsc"
        ? "register runsc with it, or leave --runtime runsc out"
        : "leave --runtime out"),
  });
}
