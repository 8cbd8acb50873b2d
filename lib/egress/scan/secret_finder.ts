/** Finds secrets in every spelling. */

import type { Finder } from "./finder.ts";
import { makePattern } from "./pattern.ts";
import { PatternFinder } from "./pattern_finder.ts";
import { spellSecret } from "./spellings.ts";
import type { ByteFilter } from "./byte_filter.ts";
import { StreamScan } from "./stream_scan.ts";
import { unescapingFinder } from "./unescaping_finder.ts";

/**
 * A finder for values; what it finds has the number of the value. Undefined: none of them can be looked for.
 *
 * @param secrets as {@linkcode spellSecret} takes them
 */
export function secretFinder(secrets: readonly string[]): Finder | undefined {
  const patterns = secrets.flatMap((secret, source) =>
    spellSecret(secret).map((spelling) => makePattern(spelling, source))
  );
  if (patterns.length === 0) return undefined;
  const finder = new PatternFinder(patterns);
  return unescapingFinder(finder, finder.shortest);
}

/**
 * A filter that replaces values, in every spelling, by as many `*`.
 *
 * @example
 * ```ts
 * import { redactingFilter } from "./secret_finder.ts";
 * const filter = redactingFilter(["sk-12345678"]);
 * let text = "";
 * const emit = (part: Uint8Array): void => void (text += new TextDecoder().decode(part));
 * filter.push(new TextEncoder().encode("a sk-123"), emit);
 * filter.push(new TextEncoder().encode("45678 b"), emit);
 * filter.end(emit);
 * if (text !== "a *********** b") throw new Error(text);
 * ```
 */
export function redactingFilter(secrets: readonly string[]): ByteFilter {
  const finder = secretFinder(secrets);
  return new StreamScan(finder === undefined ? [] : [finder]);
}
