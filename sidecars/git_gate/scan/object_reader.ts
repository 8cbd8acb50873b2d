/** Contents of many objects, one after the other, out of one git. */

import { concatBytes } from "../../../lib/concat_bytes.ts";
import type { GitOptions } from "../git.ts";
import type { Mirror } from "../mirror.ts";
import { unscannable } from "./unscannable.ts";

const ANSWER = /^([0-9a-f]+) (\w+) (\d+)$/;
const MAX_LINE = 200;
/** Of git's own caches: for the rest of the bundle there has to be memory too. */
const BOUNDS: readonly string[] = [
  "-c",
  "core.deltaBaseCacheLimit=16m",
  "-c",
  "core.packedGitWindowSize=8m",
  "-c",
  "core.packedGitLimit=64m",
];

/** Reads objects in the order in which they were asked for. Dispose it: a git waits behind it. */
export class ObjectReader implements AsyncDisposable {
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #stop: () => Promise<void>;
  #rest: Uint8Array = new Uint8Array();

  /** @param ids of objects whose size is known, and bounded */
  constructor(mirror: Mirror, ids: Iterable<string>, options: GitOptions) {
    const stdin = ReadableStream.from(questions(ids));
    const stream = mirror.gitStream([...BOUNDS, "cat-file", "--batch", "--buffer"], {
      ...options,
      stdin,
    });
    this.#chunks = stream.stdout[Symbol.asyncIterator]();
    this.#stop = async () => await stream[Symbol.asyncDispose]();
  }

  /** The next one's content. @throws {BottleError} `scan-failed`: it is another, or not there */
  async read(id: string): Promise<Uint8Array> {
    const [, found, , size] = ANSWER.exec(await this.#line()) ?? [];
    if (found !== id) throw unscannable("git does not hand out an object that it has");
    const content = await this.#take(Number(size) + 1);
    return content.subarray(0, -1);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // It holds the stream: nobody else can let go of the pipe.
    await this.#chunks.return?.();
    await this.#stop();
  }

  async #line(): Promise<string> {
    let end = this.#rest.indexOf(10);
    while (end === -1) {
      if (this.#rest.length > MAX_LINE) throw unscannable("git answers in an unknown way");
      this.#rest = concatBytes([this.#rest, await this.#next()]);
      end = this.#rest.indexOf(10);
    }
    return new TextDecoder().decode((await this.#take(end + 1)).subarray(0, -1));
  }

  async #take(size: number): Promise<Uint8Array> {
    if (this.#rest.length >= size) {
      const taken = this.#rest.subarray(0, size);
      this.#rest = this.#rest.subarray(size);
      return taken;
    }
    const whole = new Uint8Array(size);
    whole.set(this.#rest);
    let at = this.#rest.length;
    this.#rest = new Uint8Array();
    while (at < size) {
      const chunk = await this.#next();
      const part = chunk.subarray(0, size - at);
      whole.set(part, at);
      at += part.length;
      this.#rest = chunk.subarray(part.length);
    }
    return whole;
  }

  async #next(): Promise<Uint8Array> {
    const { done, value } = await this.#chunks.next();
    if (done === true) throw unscannable("git ended before it had handed out all objects");
    return value;
  }
}

/** In pieces, so that a hundred thousand questions are no text of megabytes. */
function* questions(ids: Iterable<string>): Generator<Uint8Array> {
  const encoder = new TextEncoder();
  let lines: string[] = [];
  for (const id of ids) {
    lines.push(`${id}\n`);
    if (lines.length < 1000) continue;
    yield encoder.encode(lines.join(""));
    lines = [];
  }
  if (lines.length > 0) yield encoder.encode(lines.join(""));
}
