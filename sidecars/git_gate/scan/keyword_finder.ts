/** Finds words of a fixed list in bytes, also where they overlap. */

/** A trie with a step for every byte, so that each byte is looked at once (Aho and Corasick, 1975). */
export class KeywordFinder {
  readonly #words: readonly string[];
  /** Next state for state and byte. */
  readonly #steps: Int32Array;
  /** Of each state the words that end there. */
  readonly #ends: readonly (readonly number[])[];
  readonly #hasEnds: Uint8Array;

  /** @param words of ASCII; letter case is ignored */
  constructor(words: readonly string[]) {
    this.#words = words;
    const { children, ends } = buildTrie(words);
    this.#steps = new Int32Array(children.length * 256);
    this.#ends = linkStates(children, ends, this.#steps);
    this.#hasEnds = Uint8Array.from(this.#ends, (found) => found.length > 0 ? 1 : 0);
  }

  /** The words that are in it, each once. */
  find(bytes: Uint8Array): readonly string[] {
    const steps = this.#steps;
    const pending = this.#hasEnds.slice();
    const found = new Set<number>();
    let state = 0;
    for (let at = 0; at < bytes.length; at++) {
      state = steps[state << 8 | (bytes[at] ?? 0)] ?? 0;
      if (pending[state] === 0) continue;
      pending[state] = 0;
      for (const word of this.#ends[state] ?? []) found.add(word);
    }
    return [...found].map((word) => this.#words[word] ?? "");
  }
}

interface Trie {
  readonly children: readonly Map<number, number>[];
  readonly ends: readonly number[][];
}

function buildTrie(words: readonly string[]): Trie {
  const children: Map<number, number>[] = [new Map()];
  const ends: number[][] = [[]];
  for (const [index, word] of words.entries()) {
    let state = 0;
    for (const byte of new TextEncoder().encode(word.toLowerCase())) {
      const next = children[state]?.get(byte) ?? children.length;
      if (next === children.length) {
        children.push(new Map());
        ends.push([]);
      }
      children[state]?.set(byte, next);
      state = next;
    }
    ends[state]?.push(index);
  }
  return { children, ends };
}

/** Fills the steps level by level; a state also ends what the longest other beginning that fits there ends. */
function linkStates(
  children: readonly Map<number, number>[],
  ends: readonly number[][],
  steps: Int32Array,
): readonly (readonly number[])[] {
  const all: (readonly number[])[] = ends.map((own) => own);
  const queue: { readonly state: number; readonly fallback: number }[] = [
    { state: 0, fallback: 0 },
  ];
  for (const { state, fallback } of queue) {
    if (state !== 0) {
      all[state] = [...ends[state] ?? [], ...all[fallback] ?? []];
      steps.copyWithin(state * 256, fallback * 256, fallback * 256 + 256);
    }
    for (const [byte, next] of children[state] ?? []) {
      queue.push({ state: next, fallback: state === 0 ? 0 : stepOf(steps, fallback, byte) });
    }
    for (const [byte, next] of children[state] ?? []) setStep(steps, state, byte, next);
  }
  return all;
}

function stepOf(steps: Int32Array, state: number, byte: number): number {
  return steps[state << 8 | byte] ?? 0;
}

/** Both letter cases go the same way. */
function setStep(steps: Int32Array, state: number, byte: number, next: number): void {
  steps[state << 8 | byte] = next;
  const upper = String.fromCharCode(byte).toUpperCase().charCodeAt(0);
  steps[state << 8 | upper] = next;
}
