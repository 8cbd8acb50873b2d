/** Newline-delimited messages over byte streams, with a bound on what a peer can make us hold. */

import { BottleError } from "../errors.ts";

/** 8 MiB: the largest `configure` document and page of audit rows are well below. */
export const MAX_LINE_BYTES = 8 * 1024 * 1024;

const NEWLINE = 0x0a;

/**
 * Reads lines, without their line end. A last line without one is not a line: its writer died in the middle of it.
 * The reader stays the caller's, who alone can cancel it while a read is under way.
 *
 * @throws {BottleError} `line-too-long`, before more than `maxBytes` are held
 */
export async function* readLines(
  reader: Pick<ReadableStreamDefaultReader<Uint8Array>, "read">,
  maxBytes: number = MAX_LINE_BYTES,
): AsyncGenerator<Uint8Array, void, void> {
  let parts: Uint8Array[] = [];
  let held = 0;
  const hold = (part: Uint8Array): void => {
    held += part.length;
    if (held > maxBytes) {
      throw new BottleError(`A line of more than ${maxBytes} bytes`, { code: "line-too-long" });
    }
    parts.push(part);
  };
  while (true) {
    const { done, value: chunk } = await reader.read();
    if (done) return;
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      hold(chunk.subarray(start, end));
      start = end + 1;
      const line = join(parts, held);
      parts = [];
      held = 0;
      yield line;
    }
    if (start < chunk.length) hold(chunk.slice(start));
  }
}

/** Options of {@linkcode LineWriter}. */
export interface LineWriterOptions {
  /** What may wait for a peer that does not read, in bytes. Default 16 MiB. */
  readonly maxQueuedBytes?: number;
}

/** Writes lines one after the other, whoever calls. */
export class LineWriter {
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #maxQueued: number;
  readonly #encoder = new TextEncoder();
  #queued = 0;

  constructor(writable: WritableStream<Uint8Array>, options: LineWriterOptions = {}) {
    this.#writer = writable.getWriter();
    this.#maxQueued = options.maxQueuedBytes ?? 2 * MAX_LINE_BYTES;
    this.#writer.closed.catch(() => {});
  }

  /**
   * Resolves when the stream has taken the line.
   *
   * @throws {BottleError} `line-too-long`, `peer-too-slow`; the stream's own error if it is broken
   */
  async write(text: string): Promise<void> {
    const line = this.#encoder.encode(`${text}\n`);
    if (line.length - 1 > MAX_LINE_BYTES) {
      throw new BottleError(`A line of ${line.length} bytes is too long`, {
        code: "line-too-long",
      });
    }
    if (this.#queued + line.length > this.#maxQueued) {
      throw new BottleError(`The peer leaves ${this.#queued} bytes unread`, {
        code: "peer-too-slow",
      });
    }
    this.#queued += line.length;
    try {
      await this.#writer.write(line);
    } finally {
      this.#queued -= line.length;
    }
  }

  /** Ends the stream after what is queued; never rejects. */
  async close(): Promise<void> {
    try {
      await this.#writer.close();
    } catch {
      // A stream that is broken is as closed as it gets.
    }
  }

  /** Ends the stream without waiting for a peer that does not read; never rejects. */
  async abort(reason: unknown): Promise<void> {
    try {
      await this.#writer.abort(reason);
    } catch {
      // As above.
    }
  }
}

function join(parts: readonly Uint8Array[], length: number): Uint8Array {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
