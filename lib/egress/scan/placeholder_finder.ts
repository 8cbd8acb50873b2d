/** Finds placeholders of any bottle by their format, as they are. */

import { Buffer } from "node:buffer";
import { MAX_FORMAT, placeholderAt } from "../credential/placeholder.ts";
import { ByteSearch } from "./byte_search.ts";
import { type Finder, type OnFound, type OpenEnd, Opening } from "./finder.ts";
import { countLetters } from "./letters.ts";

/** Number of what it finds: none of the bottle's own. */
export const UNKNOWN_PLACEHOLDER = -1;

const BEGINNING = "bot-bottle-";
const SEARCH = new ByteSearch(BEGINNING);
const UNFINISHED = /^bot-bottle-[A-Za-z0-9-]*$/;

/** Finds them all but some, which are found otherwise. @param known without their prefixes */
export function placeholderFinder(known: ReadonlySet<string>): Finder {
  return new PlaceholderFinder(known);
}

class PlaceholderFinder implements Finder {
  readonly #known: ReadonlySet<string>;

  constructor(known: ReadonlySet<string>) {
    this.#known = known;
  }

  search(data: Uint8Array, onFound: OnFound): OpenEnd {
    const open = new Opening(data.length);
    // Where it is in none of the data, and it almost never is, nothing is made a text of.
    let text: string | undefined;
    for (let at = SEARCH.indexIn(data, 0); at >= 0; at = SEARCH.indexIn(data, at + 1)) {
      text ??= Buffer.from(data.buffer, data.byteOffset, data.length).toString("latin1");
      const found = placeholderAt(text, at);
      if (found === undefined) {
        if (isUnfinished(text, at)) open.add(at, countLetters(BEGINNING));
      } else if (!this.#known.has(found)) {
        onFound({ ranges: [at, at + found.length], source: UNKNOWN_PLACEHOLDER });
      }
    }
    for (const count of SEARCH.begunIn(data)) {
      open.add(data.length - count, countLetters(BEGINNING.slice(0, count)));
    }
    return open;
  }

  continues(data: Uint8Array, limit: number): boolean {
    let isWhole = false;
    const open = this.search(data, ({ ranges: [start = limit] }) => isWhole ||= start < limit);
    return isWhole || open.start < limit;
  }
}

function isUnfinished(text: string, at: number): boolean {
  return text.length - at < MAX_FORMAT && UNFINISHED.test(text.slice(at));
}
