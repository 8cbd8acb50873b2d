/** The one error for an archive that we don't unpack. */

import { BottleError } from "../errors.ts";

/** `archive-unsafe`: names the entry and says what is wrong with it. */
export function unsafe(entry: string, why: string): BottleError {
  return new BottleError(`Refused to unpack ${JSON.stringify(entry.slice(0, 200))}: ${why}`, {
    code: "archive-unsafe",
    hint: "The archive comes from the guest; nothing of it was kept",
  });
}
