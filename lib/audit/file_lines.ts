/** The lines of an audit that was saved to a file: one after the other, so that a file of any size takes little memory. */

/** A row has at most 16 KiB of JSON: what is longer is none. */
const MAX_LINE_BYTES = 1024 * 1024;

const NEWLINE = 0x0a;

/** One line of a file. */
export interface FileLine {
  /** From 1. */
  readonly number: number;
  /** Without its line end; undefined: it is longer than any row, or no UTF-8. */
  readonly text: string | undefined;
  /** False of the last one if nothing ends it: whoever wrote it was cut off. */
  readonly isEnded: boolean;
}

/** Reads lines; an empty one is a line too. The stream is closed at the end, and when the caller stops. */
export async function* readFileLines(
  stream: ReadableStream<Uint8Array>,
): AsyncGenerator<FileLine, void, void> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let parts: Uint8Array[] = [];
  let held = 0;
  let number = 0;
  const hold = (part: Uint8Array): void => {
    held += part.length;
    if (held > MAX_LINE_BYTES) parts = [];
    else parts.push(part);
  };
  const take = (isEnded: boolean): FileLine => {
    const text = held > MAX_LINE_BYTES ? undefined : decode(decoder, parts);
    parts = [];
    held = 0;
    number++;
    return { number, text, isEnded };
  };
  for await (const chunk of stream) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      hold(chunk.subarray(start, end));
      start = end + 1;
      yield take(true);
    }
    // A copy: the stream may use the chunk's memory again.
    if (start < chunk.length) hold(chunk.slice(start));
  }
  if (held > 0) yield take(false);
}

function decode(decoder: TextDecoder, parts: readonly Uint8Array[]): string | undefined {
  try {
    const text = parts.map((part) => decoder.decode(part, { stream: true })).join("");
    return text + decoder.decode();
  } catch {
    return undefined;
  }
}
