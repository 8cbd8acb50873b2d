/** Why a bundle did not get ready: whatever can still be learnt from it. */

import type { ControlClient } from "../../lib/control/client.ts";
import { BottleError, ExitCode } from "../../lib/errors.ts";
import { resourceName, type Slug } from "../../lib/names.ts";
import type { Engine } from "../engine/engine.ts";
import { printableLines } from "../engine/errors.ts";

const ASK_MS = 2000;
const LINES = 20;

/** Makes the error; its details are the daemons' last lines, or the container's where init is gone. */
export async function bundleFailure(
  engine: Engine,
  slug: Slug,
  control: ControlClient,
  cause: unknown,
): Promise<BottleError> {
  const word = cause instanceof BottleError ? cause.message : "An unexpected error";
  const lines = await daemonLines(control) ?? await containerLines(engine, slug);
  const more = cause instanceof BottleError ? cause.details : [];
  return new BottleError(`The bundle did not get ready: ${word}`, {
    code: "bundle-not-ready",
    exitCode: ExitCode.cannotStart,
    details: [...more, ...lines.slice(-LINES)],
    cause,
  });
}

async function daemonLines(control: ControlClient): Promise<readonly string[] | undefined> {
  try {
    const { daemons } = await control.call("ready", null, { timeoutMs: ASK_MS });
    return daemons.flatMap(({ name, log }) => log.map((line) => `${name}: ${line}`));
  } catch {
    return undefined;
  }
}

async function containerLines(engine: Engine, slug: Slug): Promise<readonly string[]> {
  const args = ["logs", "--tail", String(LINES), resourceName(slug, "bundle")];
  const { stdout, stderr } = await engine.raw(args, { timeoutMs: ASK_MS });
  const decoder = new TextDecoder();
  return printableLines(`${decoder.decode(stdout)}\n${decoder.decode(stderr)}`);
}
