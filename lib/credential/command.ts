/** A credential that a program of the person's prints: a password store, a keychain, a cloud's own client. */

import type { Output } from "../context.ts";
import { escapeControl } from "../egress/escape.ts";
import { BottleError, ExitCode } from "../errors.ts";
import type { Run, RunResult } from "../process/run.ts";
import type { Secret } from "../secret.ts";
import { credentialError, type PlacedCredential } from "./error.ts";
import { credentialValue, MAX_CREDENTIAL_BYTES } from "./value.ts";

/** A person takes the time that they take; where nobody is, a program that waits for one must end. */
const TIMEOUT_MS = 60_000;

/** A command, and where a manifest names it. */
export interface PlacedCommand extends PlacedCredential {
  readonly source: Extract<PlacedCredential["source"], { kind: "command" }>;
}

/** What running one takes. */
export interface CommandContext {
  readonly run: Run;
  readonly out: Pick<Output, "stderr" | "isTerminal">;
  readonly signal: AbortSignal;
  /** A person sits at the terminal, and the program may ask them. */
  readonly mayAsk: boolean;
}

/**
 * Runs it, with the person's environment, and takes what it prints. Its stderr is shown as it comes and kept nowhere. It is started in
 * the root folder: the one that the person is in may be a repository whose files must not have a say.
 *
 * @throws {BottleError} `credential-command`, `credential-timeout`, `credential-invalid`; exit code 125, and never
 * with what it printed. `interrupted` at Ctrl-C
 */
export async function runCredentialCommand(
  placed: PlacedCommand,
  context: CommandContext,
): Promise<Secret> {
  const { argv } = placed.source;
  const { code, stdout } = await start(placed, context);
  context.signal.throwIfAborted();
  // Ctrl-C in the terminal reaches the program too, and it may have ended before we were told.
  if (code === ExitCode.interrupted) {
    throw new BottleError("Interrupted", { code: "interrupted", exitCode: code });
  }
  if (code !== 0) {
    throw credentialError(placed, {
      code: "credential-command",
      why: `failed with exit code ${code}`,
      hint: `Run it yourself to see why "${argv[0]}" gives no credential`,
    });
  }
  return credentialValue(placed, stdout);
}

async function start(placed: PlacedCommand, context: CommandContext): Promise<RunResult> {
  const { run, out, signal } = context;
  const atTerminal = context.mayAsk && out.isTerminal.stdin;
  const tooMuch = new AbortController();
  let seen = 0;
  try {
    const result = await run(placed.source.argv, {
      cwd: "/",
      atTerminal,
      signal: AbortSignal.any([signal, tooMuch.signal]),
      ...(atTerminal ? {} : { timeoutMs: TIMEOUT_MS }),
      keepBytes: MAX_CREDENTIAL_BYTES,
      onLine: (line, from) => {
        if (from === "stderr") {
          out.stderr(`${out.isTerminal.stderr ? escapeControl(line) : line}\n`);
          return;
        }
        seen += line.length + 1;
        if (seen > MAX_CREDENTIAL_BYTES) tooMuch.abort(printsTooMuch(placed));
      },
    });
    // It may have ended before it could be stopped.
    tooMuch.signal.throwIfAborted();
    return result;
  } catch (error) {
    throw explain(error, placed);
  }
}

function printsTooMuch(placed: PlacedCommand): BottleError {
  return credentialError(placed, {
    code: "credential-invalid",
    why: `prints more than ${MAX_CREDENTIAL_BYTES / 1024} KiB`,
    hint: "It must print the credential and nothing else",
  });
}

function explain(error: unknown, placed: PlacedCommand): unknown {
  const [program = ""] = placed.source.argv;
  if (error instanceof Deno.errors.NotCapable) {
    return credentialError(placed, {
      code: "credential-command",
      why: "can't be run: Deno does not permit it",
      hint: `Start Deno with --allow-run, or with "${program}" in its list`,
      cause: error,
    });
  }
  if (!(error instanceof BottleError)) return error;
  if (error.code === "program-missing") {
    return credentialError(placed, {
      code: "credential-command",
      why: `can't be run: there is no program "${program}" that you may run`,
      hint: "Install it, put its folder on PATH, or write its absolute path",
      cause: error,
    });
  }
  if (error.code === "timeout") {
    return credentialError(placed, {
      code: "credential-timeout",
      why: `gave no credential within ${TIMEOUT_MS / 1000} s`,
      hint:
        "Nobody could be asked at a terminal: unlock the store before, or use `bot-bottle start`",
      cause: error,
    });
  }
  return error;
}
