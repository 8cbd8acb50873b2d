/** What a fuzz is made of. */

import { Buffer } from "node:buffer";
import type { Random } from "../../random.ts";
import type { Subject } from "../subject.ts";

/** What one connection is told, with its mutations chosen already. */
export interface FuzzCase {
  /** So many things were mutated. */
  readonly count: number;
  /** Sends it, and waits for its end. @returns what went wrong */
  run(subject: Subject): Promise<string | undefined>;
  /** What it sends, for a report. */
  describe(): string;
}

/** Cases of one sort. */
export interface FuzzKind {
  readonly name: string;
  /** How often it comes, in relation to the others. */
  readonly weight: number;
  /** Cases at once, which are accounted for together. */
  readonly batch: number;
  /** Whether it asks the upstream that counts: such batches run one after the other, the others beside them. */
  readonly isCounted: boolean;
  make(random: Random, subject: Subject): FuzzCase;
}

const SHOWN_CHARACTERS = 600;

/** Bytes as a text in quotes, in ASCII, cut where it is long. */
export function show(pieces: readonly Uint8Array[]): string {
  const text = JSON.stringify(Buffer.concat([...pieces]).toString("latin1"))
    .replace(/[^ -~]/g, (one) => `\\u00${one.charCodeAt(0).toString(16)}`);
  return text.length <= SHOWN_CHARACTERS ? text : `${text.slice(0, SHOWN_CHARACTERS)}…`;
}

/** At up to two places: a parser's state must survive the end of a piece anywhere. */
export function cut(random: Random, bytes: Uint8Array): readonly Uint8Array[] {
  const places = Array.from({ length: random.below(3) }, () => random.below(bytes.length + 1));
  const all = [0, ...places.sort((a, b) => a - b), bytes.length];
  return all.slice(1).map((end, nth) => bytes.subarray(all[nth], end));
}
