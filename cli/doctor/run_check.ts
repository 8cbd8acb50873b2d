/** Runs one check: whatever becomes of it is a finding. */

import { BottleError } from "../../lib/errors.ts";
import { type CheckedFinding, type Finding, warning } from "./finding.ts";
import { type Check, CHECK_MS, GRACE_MS, type Scene } from "./scene.ts";

/** The check's findings; where it failed or took too long, one that says so. @throws the signal's reason */
export async function runCheck(
  check: Check,
  scene: Scene,
  signal: AbortSignal,
): Promise<readonly CheckedFinding[]> {
  const findings = await findingsOf(check, scene, signal);
  return findings.map((finding) => ({ check: check.name, ...finding }));
}

async function findingsOf(
  check: Check,
  scene: Scene,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const { limitMs = CHECK_MS, graceMs = GRACE_MS } = check;
  const limit = new AbortController();
  const { promise: late, resolve } = Promise.withResolvers<"late">();
  const timers = [
    setTimeout(() => limit.abort(new Late()), limitMs),
    setTimeout(() => resolve("late"), limitMs + graceMs),
  ];
  try {
    const found = await Promise.race([
      check.run(scene, AbortSignal.any([signal, limit.signal])),
      late,
    ]);
    if (found !== "late") return found;
    return [tooLong(limitMs)];
  } catch (error) {
    signal.throwIfAborted();
    if (limit.signal.aborted) return [tooLong(limitMs)];
    if (error instanceof BottleError) return [unknown(error.message, error.hint)];
    return [unknown(error instanceof Error ? error.message : String(error))];
  } finally {
    timers.forEach(clearTimeout);
  }
}

/** The reason of a limit's abort: what a check throws of it is no news. */
class Late extends Error {}

function tooLong(limitMs: number): Finding {
  return unknown(
    `this check took more than ${limitMs / 1000} s`,
    "Try again; is the machine busy?",
  );
}

function unknown(why: string, fix = "Run it with --verbose, and report it if it stays"): Finding {
  return warning(`Can't tell: ${why}`, fix);
}
