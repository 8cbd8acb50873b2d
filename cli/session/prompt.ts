/** The prompt of `run`. */

import type { Services } from "../command.ts";
import { badUsage } from "../usage.ts";

/** More than this is no prompt. */
const MAX_BYTES = 4 * 1024 * 1024;

/** The text itself, or what stdin holds where it is `-`. @throws {BottleError} `usage` if it is empty or too long */
export async function readPrompt(services: Services, text: string): Promise<string> {
  const prompt = text === "-" ? await readStdin(services) : text;
  if (prompt.trim() === "") {
    throw badUsage(
      "The prompt is empty",
      "Pass --prompt TEXT, or --prompt - and the text on stdin",
    );
  }
  return prompt;
}

async function readStdin({ readInput, context }: Services): Promise<string> {
  const bytes = await readInput(MAX_BYTES + 1, context.signal);
  if (bytes.length > MAX_BYTES) {
    throw badUsage("The prompt is longer than 4 MiB", "Put the bulk into a file of the bottle");
  }
  return new TextDecoder().decode(bytes);
}
