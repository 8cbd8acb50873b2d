/** What a scan must come to, found the slow way: every pattern is compared at every place. */

import { matchFrom, overwrittenRanges } from "../../../lib/egress/scan/compare.ts";
import { LetterWalk } from "../../../lib/egress/scan/letter_walk.ts";
import { makePattern, type Pattern } from "../../../lib/egress/scan/pattern.ts";
import { spellSecret } from "../../../lib/egress/scan/spellings.ts";
import { type Unescaped, unescapeData } from "../../../lib/egress/scan/unescaped.ts";
import { overwrite } from "../../../lib/egress/scan/stream_scan.ts";

type Reading = Pick<Unescaped, "data" | "toOriginal">;

/** The data with every spelling of every secret overwritten. */
export function redactSlowly(data: Uint8Array, secrets: readonly string[]): Uint8Array {
  const patterns = secrets.flatMap((secret, source) =>
    spellSecret(secret).map((spelling) => makePattern(spelling, source))
  );
  const copy = new Uint8Array(data);
  for (const { data: read, toOriginal } of readings(data)) {
    for (let at = 0; at < read.length; at++) {
      for (const pattern of patterns) {
        overwrite(copy, rangesAt(read, at, pattern).map((place) => toOriginal(place)));
      }
    }
  }
  return copy;
}

/** The data as it is, and without its escapes, up to three deep. */
function readings(data: Uint8Array): readonly Reading[] {
  const all: Reading[] = [{ data, toOriginal: (place) => place }];
  for (const { data, toOriginal } of all) {
    const next = all.length > 3 ? undefined : unescapeData(data, 0);
    if (next === undefined) continue;
    all.push({ data: next.data, toOriginal: (place) => toOriginal(next.toOriginal(place)) });
  }
  return all;
}

function rangesAt(data: Uint8Array, at: number, pattern: Pattern): readonly number[] {
  const walk = new LetterWalk(data);
  if (!walk.forward(at) || walk.at !== at) return [];
  if (matchFrom(walk, at, pattern) !== pattern.letters.length) return [];
  return overwrittenRanges(data, walk, at, pattern);
}
