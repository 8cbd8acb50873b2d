/** The hidden verb `ask-forge`: one process a request, which may reach the forge that its starter names and nothing else. */

import { concatBytes } from "../../lib/concat_bytes.ts";
import { formatOutcome, parseJob, type SendOutcome } from "../../lib/deploy_key/request_line.ts";
import { createSend } from "../../lib/deploy_key/send_request.ts";
import { BottleError, ExitCode } from "../../lib/errors.ts";

/** What surrounds it. */
export interface AskForgeHost {
  readonly stdin: ReadableStream<Uint8Array>;
  /** Writes the answer. */
  readonly answer: (text: string) => Promise<void>;
}

/** Reads a job, sends its request, answers, and returns the exit code; never throws. */
export async function askForgeMain({ stdin, answer }: AskForgeHost): Promise<number> {
  await answer(formatOutcome(await carryOut(stdin)));
  return ExitCode.ok;
}

async function carryOut(stdin: ReadableStream<Uint8Array>): Promise<SendOutcome> {
  try {
    const text = new TextDecoder().decode(concatBytes(await Array.fromAsync(stdin)));
    const { request, way } = parseJob(JSON.parse(text));
    // Whoever no longer waits for the answer ends this process.
    const response = await createSend(way)(request, new AbortController().signal);
    return { kind: "response", response };
  } catch (error) {
    if (error instanceof BottleError) return { kind: "error", error };
    // The message of any other error may quote what it choked on: the job, that is.
    const name = error instanceof Error ? error.name : typeof error;
    return {
      kind: "error",
      error: new BottleError(`An unexpected ${name} while asking the forge`, {
        code: "deploy-key-unreachable",
      }),
    };
  }
}
