/** Placeholders: what an agent holds instead of a credential. */

import type { TokenSlot } from "../route/route.ts";

/** One of a bottle's. */
export interface Placeholder {
  /** As `makePlaceholder` of names.ts makes it, with its prefix. */
  readonly value: string;
  /** The credential that it stands for; null: that of whatever route it is sent to. */
  readonly token: TokenSlot | null;
}

/** What all placeholders have behind their prefix, and no other name of ours. */
const FORMAT = "bot-bottle-[a-z][a-z0-9-]{0,62}-[a-z0-9]{5}-[A-Za-z0-9]{22}";

/** The longest that {@linkcode FORMAT} can be. */
export const MAX_FORMAT = 11 + 63 + 6 + 23;

/** Whether a text ends as a placeholder does. */
export function endsWithPlaceholder(text: string): boolean {
  return new RegExp(`${FORMAT}$`).test(text);
}

/** The part behind the prefix; undefined: it is no placeholder. */
export function placeholderTail(text: string): string | undefined {
  return new RegExp(`${FORMAT}$`).exec(text)?.[0];
}

/** The placeholder, without its prefix, that begins at a place of a text; undefined: none does. */
export function placeholderAt(text: string, at: number): string | undefined {
  const format = new RegExp(FORMAT, "y");
  format.lastIndex = at;
  return format.exec(text)?.[0];
}
