/** The last words of a program. */

import { LineSplitter } from "./line_splitter.ts";

/** Kept, in characters. */
const TAIL = 16 * 1024;
/** How long stderr may still come after the program's end, in milliseconds: a grandchild may hold the pipe open. */
const DRAIN_MS = 500;
const CR = 0x0d;
const LF = 0x0a;

/** Reads a stderr to its end, keeping the last lines. What ended with a carriage return is progress, and not kept. */
export class StderrTail {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #done: Promise<void>;
  #text = "";

  /** @param onLine gets each line, progress too, as it comes */
  constructor(stderr: ReadableStream<Uint8Array>, onLine?: (line: string) => void) {
    this.#reader = stderr.getReader();
    this.#done = this.#read(onLine).catch(() => {});
  }

  /** What there is, once the program has ended; never rejects. */
  async last(): Promise<string> {
    const timer = setTimeout(() => void this.#reader.cancel().catch(() => {}), DRAIN_MS);
    await this.#done;
    clearTimeout(timer);
    return this.#text;
  }

  async #read(onLine: ((line: string) => void) | undefined): Promise<void> {
    const kept = new LineSplitter((line) => this.#keep(line));
    const told = onLine === undefined ? undefined : new LineSplitter((line) => {
      if (line !== "") onLine(line);
    });
    for (;;) {
      const { done, value } = await this.#reader.read();
      if (done) break;
      kept.push(value);
      told?.push(value.map((byte) => byte === CR ? LF : byte));
    }
    kept.end();
    told?.end();
  }

  #keep(line: string): void {
    const shown = line.slice(line.lastIndexOf("\r") + 1);
    if (shown !== "") this.#text = `${this.#text}${shown}\n`.slice(-TAIL);
  }
}
