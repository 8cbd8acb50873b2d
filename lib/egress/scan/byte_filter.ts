/** What looks at the bytes of one stream while they pass: a body, or the messages of one direction of a WebSocket. */

/** Takes what a filter lets pass: never empty; a part of the piece, or bytes of its own. */
export type EmitBytes = (part: Uint8Array) => void;

/**
 * One stream's filter. What comes out has the length of what went in: a redaction replaces bytes by as many `*`. It holds
 * back no more than what may be the beginning of something it looks for, and nothing before some characters of that
 * have matched, so that a whole event or line never waits for the next.
 *
 * A filter that refuses throws a `BottleError` whose code is a `BlockReason`; nothing may be asked of it after that.
 *
 * @example
 * ```ts
 * import type { ByteFilter } from "./byte_filter.ts";
 * const untouched: ByteFilter = { push: (piece, emit) => emit(piece), end: () => {} };
 * untouched.push(new Uint8Array([1]), (part) => {
 *   if (part.length !== 1) throw new Error("it changed");
 * });
 * ```
 */
export interface ByteFilter {
  /**
   * Looks at the next piece, cut from the stream anywhere.
   *
   * @param piece not empty, and the filter's to change; it is not kept: what is held back is copied
   * @throws {BottleError} a `BlockReason`
   */
  push(piece: Uint8Array, emit: EmitBytes): void;
  /**
   * The stream is over: what is held goes out.
   *
   * @throws {BottleError} a `BlockReason`
   */
  end(emit: EmitBytes): void;
}
