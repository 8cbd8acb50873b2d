/** Checks a whole chain row by row, and goes on behind what is wrong: the first fault, and all the others. */

import { canonicalJson, type ChainEnd, chainHash, EMPTY_CHAIN } from "./chain.ts";
import type { FileLine } from "./file_lines.ts";

/** What is wrong with a saved audit. */
export type AuditFault =
  /** Rows that should be there, by their numbers. */
  | { readonly kind: "missing"; readonly from: number; readonly to: number }
  /** A row that does not fit its hash: it, or one before it, is not what was recorded. */
  | { readonly kind: "changed"; readonly seq: number }
  /** A row that stands behind one with the same number, or a higher one. */
  | { readonly kind: "misplaced"; readonly seq: number }
  /** A line that is no row of an audit, or was written by another program. */
  | { readonly kind: "unreadable"; readonly line: number }
  /** The last line has no end: what wrote the file was cut off. */
  | { readonly kind: "truncated"; readonly line: number };

/** What came of a check. */
export interface CheckedChain {
  /** Rows that could be read. */
  readonly rows: number;
  /** The last of them: note it down, and a later check can show that it is still there. */
  readonly last: ChainEnd;
  /** At most {@linkcode MAX_FAULTS}, in the order of the file. */
  readonly faults: readonly AuditFault[];
  /** How many there are in all. */
  readonly faultCount: number;
}

/** So many faults are told. */
export const MAX_FAULTS = 20;

/**
 * Takes the lines of a file, or rows.
 *
 * @example
 * ```ts
 * import { ChainCheck } from "./chain_check.ts";
 * const check = new ChainCheck();
 * check.takeLine({ number: 1, text: "{}", isEnded: true });
 * if (check.end().faultCount !== 1) throw new Error("expected a fault");
 * ```
 */
export class ChainCheck {
  readonly #faults: AuditFault[] = [];
  #faultCount = 0;
  #rows = 0;
  #last: ChainEnd = EMPTY_CHAIN;
  /** Lines since the last row that may have been rows. */
  #lost = 0;

  takeLine({ number, text, isEnded }: FileLine): void {
    const stored = text === undefined ? undefined : readStored(text);
    if (!isEnded) this.#tell({ kind: "truncated", line: number });
    else if (stored === undefined) this.#tell({ kind: "unreadable", line: number });
    if (stored === undefined) this.#lost++;
    else this.takeRow(stored);
  }

  takeRow(stored: StoredRow): void {
    const { seq, row, hash } = stored;
    const expected = this.#last.seq + 1;
    this.#rows++;
    if (seq < expected) {
      this.#tell({ kind: "misplaced", seq });
      return;
    }
    const missing = seq - expected;
    // A line that can't be read was told already: it is not missing besides.
    if (missing > this.#lost) this.#tell({ kind: "missing", from: expected, to: seq - 1 });
    // Behind a gap nobody knows the hash before: from this row on the chain is checked again.
    if (missing === 0 && hash !== chainHash(this.#last.hash, canonicalJson(row))) {
      this.#tell({ kind: "changed", seq });
    }
    this.#lost = 0;
    this.#last = { seq, hash };
  }

  /** @param known how many rows there were, if that was written down elsewhere: a chain can't tell what is cut off behind it */
  end(known = 0): CheckedChain {
    if (known > this.#last.seq) {
      this.#tell({ kind: "missing", from: this.#last.seq + 1, to: known });
    }
    return {
      rows: this.#rows,
      last: this.#last,
      faults: this.#faults,
      faultCount: this.#faultCount,
    };
  }

  #tell(fault: AuditFault): void {
    this.#faultCount++;
    if (this.#faults.length < MAX_FAULTS) this.#faults.push(fault);
  }
}

/** A fault in words, without a full stop. */
export function describeFault(fault: AuditFault): string {
  switch (fault.kind) {
    case "missing":
      return fault.from === fault.to
        ? `row ${fault.from} is missing`
        : `rows ${fault.from} to ${fault.to} are missing`;
    case "changed":
      return `row ${fault.seq} is not what was recorded`;
    case "misplaced":
      return `row ${fault.seq} stands twice, or behind a later one`;
    case "unreadable":
      return `line ${fault.line} is no row as an audit has it`;
    case "truncated":
      return `line ${fault.line} is cut off`;
  }
  return fault satisfies never;
}

/** A ledger's row as it stands there: what this version does not know in it is hashed all the same. */
export interface StoredRow {
  readonly seq: number;
  readonly row: unknown;
  readonly hash: string;
}

function readStored(text: string): StoredRow | undefined {
  const value = parseJson(text);
  if (typeof value !== "object" || value === null) return undefined;
  if (!("seq" in value && "row" in value && "hash" in value)) return undefined;
  const { seq, row, hash } = value;
  // Written otherwise than what it says: a key may stand twice, of which another program may take the other.
  if (JSON.stringify(value) !== text || Object.keys(value).length !== 3) return undefined;
  if (typeof seq !== "number" || !Number.isSafeInteger(seq) || seq < 1) return undefined;
  if (typeof hash !== "string" || typeof row !== "object" || row === null) return undefined;
  return { seq, row, hash };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
