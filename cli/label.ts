/** What a person calls a bottle. */

import { badUsage } from "./usage.ts";

/** As long as a line of `list` has room for. */
const MAX_LENGTH = 80;

/** A label: one line, printable. @throws {BottleError} `usage` */
export function parseLabel(text: string): string {
  // Other, control and format characters, unassigned ones, line and paragraph ends: what could disguise a listing.
  if (text !== "" && text.length <= MAX_LENGTH && !/[\p{C}\p{Zl}\p{Zp}]/u.test(text)) return text;
  throw badUsage(
    `Not a label: ${JSON.stringify(text.slice(0, MAX_LENGTH))}`,
    `Write one line of at most ${MAX_LENGTH} printable characters`,
  );
}
