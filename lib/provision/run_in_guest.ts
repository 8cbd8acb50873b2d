/** Runs one provisioning command in the guest, and turns its failure into an error that a person can act on. */

import type { Bottle, ExecOptions } from "../bottle.ts";
import { BottleError } from "../errors.ts";

/** How {@linkcode runInGuest} runs and what it says when that fails. */
export interface RunInGuestOptions {
  /** Code of the error. */
  readonly code: string;
  /** Completes "Cannot …". */
  readonly purpose: string;
  readonly hint: string;
  readonly user: "node" | "root";
  readonly stdin?: string;
  readonly signal: AbortSignal | undefined;
}

/** Lines of a failed command's output that an error carries. */
const DETAIL_LINES = 10;

/** A command's stdout. @throws {BottleError} with the command's last lines if its code is not 0 */
export async function runInGuest(
  bottle: Bottle,
  argv: readonly string[],
  options: RunInGuestOptions,
): Promise<string> {
  const { user, stdin, signal } = options;
  const exec: ExecOptions = {
    user,
    bare: true,
    ...(stdin === undefined ? {} : { stdin }),
    ...(signal === undefined ? {} : { signal }),
  };
  const { code, stdout, stderr } = await bottle.exec(argv, exec);
  if (code === 0) return stdout;
  const lines = (stderr.trim() === "" ? stdout : stderr).trimEnd().split("\n");
  throw new BottleError(`Cannot ${options.purpose}: "${argv[0]}" ended with ${code}`, {
    code: options.code,
    hint: options.hint,
    details: lines.slice(-DETAIL_LINES).filter((line) => line !== ""),
  });
}
