/** Decodes one content coding, piece by piece: what has come in is out before more is asked for. */

import { Buffer } from "node:buffer";
import {
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
  zstdCompressSync,
} from "node:zlib";
import { concatBytes } from "../../../lib/concat_bytes.ts";
import type { Coding } from "../../../lib/egress/response/content_coding.ts";
import { BottleError } from "../../../lib/errors.ts";

/** The code of an error about what is coded; whoever decodes says whose fault it is. */
export const UNDECODABLE = "content-undecodable";

/** Bytes that come out at once. */
const CHUNK = 64 * 1024;
/** RFC 9659, 3: what a decoder has to take, and no sender may go beyond. */
const ZSTD_WINDOW_LOG = 23;
/** A whole frame of zstd: it is understood only where another one has ended. */
const ZSTD_MARK = Buffer.from("bot-bottle: is the frame before complete?");
/** Something that no complete stream takes any more. */
const MORE = new Uint8Array(1);

type Stream = ReturnType<typeof createGunzip>;

/** One stream of one coding. */
export class ContentDecoder implements Disposable {
  readonly #coding: Coding;
  #stream: Stream | undefined;
  /** Of deflate, the first byte alone: it takes two to tell which of both it is. */
  #start: Uint8Array | undefined;
  #isBroken = false;
  #isOver = false;
  #isWriting = false;
  #wake: () => void = () => {};

  constructor(coding: Coding) {
    this.#coding = coding;
  }

  /**
   * Decodes a piece, which must not change until all is read.
   *
   * @throws {BottleError} {@linkcode UNDECODABLE}
   */
  async *decode(piece: Uint8Array): AsyncGenerator<Uint8Array> {
    const whole = this.#takeStart(piece);
    if (whole === undefined) return;
    for (let at = 0; at < whole.length;) {
      const stream = this.#stream ??= this.#open(whole);
      const before = stream.bytesWritten;
      yield* this.#write(stream, whole.subarray(at));
      const used = stream.bytesWritten - before;
      at += used;
      if (at < whole.length) this.#goOnBehind(used);
    }
  }

  /**
   * The input is over: what is still inside.
   *
   * @throws {BottleError} {@linkcode UNDECODABLE}, where it ends too early too
   */
  async *finish(): AsyncGenerator<Uint8Array> {
    if (this.#start !== undefined) throw undecodable(this.#coding);
    const stream = this.#stream;
    // Nothing has come: an empty body says that it is coded, too.
    if (stream === undefined) return;
    switch (this.#coding) {
      case "zstd":
        return await this.#checkFrame(stream);
      case "br":
      case "deflate":
        return await this.#checkOver(stream);
      case "gzip":
        stream.end();
        return yield* this.#readRest(stream, () => this.#isOver);
      default:
        return this.#coding satisfies never;
    }
  }

  [Symbol.dispose](): void {
    this.#stream?.destroy();
  }

  /** The whole to be written; undefined: too little has come. */
  #takeStart(piece: Uint8Array): Uint8Array | undefined {
    if (this.#coding !== "deflate" || this.#stream !== undefined) return piece;
    const whole = this.#start === undefined ? piece : concatBytes([this.#start, piece]);
    this.#start = whole.length < 2 ? new Uint8Array(whole) : undefined;
    return this.#start === undefined ? whole : undefined;
  }

  #open(start: Uint8Array): Stream {
    const stream = openStream(this.#coding, start);
    // One that was left behind may still have something to tell.
    const notice = (change: () => void) => (): void => {
      if (stream !== this.#stream) return;
      change();
      this.#wake();
    };
    stream.on("readable", notice(() => {}));
    stream.on("end", notice(() => this.#isOver = true));
    stream.on("error", notice(() => this.#isBroken = true));
    return stream;
  }

  async *#write(stream: Stream, bytes: Uint8Array): AsyncGenerator<Uint8Array> {
    this.#isWriting = true;
    stream.write(bytes, () => {
      this.#isWriting = false;
      this.#wake();
    });
    yield* this.#readRest(stream, () => !this.#isWriting || this.#isOver);
  }

  /** Reads until there is no more, and there won't be. */
  async *#readRest(stream: Stream, isEnough: () => boolean): AsyncGenerator<Uint8Array> {
    for (;;) {
      if (this.#isBroken) throw undecodable(this.#coding);
      const chunk: unknown = stream.read();
      if (chunk instanceof Uint8Array) {
        yield chunk;
        continue;
      }
      if (isEnough()) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
    }
  }

  /** A stream has ended before its input has. */
  #goOnBehind(used: number): void {
    // Frames of zstd follow each other; behind the end of any other nothing may.
    if (this.#coding !== "zstd" || used === 0) throw undecodable(this.#coding);
    this.#stream?.destroy();
    this.#stream = undefined;
    this.#isOver = false;
  }

  async #checkOver(stream: Stream): Promise<void> {
    if (this.#isOver) return;
    const before = stream.bytesWritten;
    for await (const _ of this.#write(stream, MORE));
    if (stream.bytesWritten > before) throw undecodable(this.#coding);
  }

  async #checkFrame(stream: Stream): Promise<void> {
    if (this.#isOver) return;
    const out: Uint8Array[] = [];
    for await (const chunk of this.#write(stream, zstdCompressSync(ZSTD_MARK))) out.push(chunk);
    if (!Buffer.concat(out).equals(ZSTD_MARK)) throw undecodable(this.#coding);
  }
}

function openStream(coding: Coding, start: Uint8Array): Stream {
  const chunkSize = CHUNK;
  switch (coding) {
    case "gzip":
      return createGunzip({ chunkSize });
    case "deflate":
      return hasZlibHeader(start) ? createInflate({ chunkSize }) : createInflateRaw({ chunkSize });
    case "br":
      return createBrotliDecompress({ chunkSize });
    case "zstd":
      return createZstdDecompress({
        chunkSize,
        params: { [constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW_LOG },
      });
  }
  return coding satisfies never;
}

/** RFC 1950, 2.2. Many servers send what is inside of it alone. */
function hasZlibHeader([first = 0, second = 0]: Uint8Array): boolean {
  return (first & 0x0f) === 8 && (first << 8 | second) % 31 === 0;
}

function undecodable(coding: Coding): BottleError {
  return new BottleError(`A body that is no ${coding}, or not all of it`, { code: UNDECODABLE });
}
