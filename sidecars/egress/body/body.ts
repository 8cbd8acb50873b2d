/** Bodies on their way, whatever protocol carries them: one is read, changed by readers laid over it, and written. */

import type { HeaderList } from "../../../lib/egress/message.ts";

/** A body that comes in. */
export interface BodyReader {
  /**
   * The next piece, never empty, valid until the next call; its bytes are the caller's to change.
   *
   * @param beforeWait called before the network is waited for: pieces that are still held must go out then, both
   * because they change and because nobody knows how long the next one takes
   * @returns undefined once the body is done
   * @throws {BottleError} `http-malformed`, `http-too-large`, `http-truncated`, `client-closed`, `upstream-closed`, or a
   * reason of refusal by whatever was laid over it
   */
  read(beforeWait?: () => Promise<void>): Promise<Uint8Array | undefined>;
  /** Nothing more will come: it may be known before a `read` says so. */
  readonly isDone: boolean;
  /** Fields after the body; empty until it is done. */
  readonly trailers: HeaderList;
}

/** A body that goes out. */
export interface BodyWriter {
  /** Whether it is time to flush, though more could be added. */
  readonly isFull: boolean;
  /** Holds a piece, which must not change before it is flushed. */
  add(piece: Uint8Array): void;
  /**
   * Writes what is held, and resolves when it was taken.
   *
   * @throws {BottleError} `client-closed`, `upstream-closed`
   */
  flush(): Promise<void>;
  /** Ends the body and flushes. @throws {BottleError} as {@linkcode BodyWriter.flush} */
  end(trailers: HeaderList): Promise<void>;
}

/** A connection that has left HTTP: bytes both ways. */
export interface ByteDuplex {
  /** The next bytes, never empty, valid until the next call; undefined at a clean end. */
  read(): Promise<Uint8Array | undefined>;
  /** Resolves when they were taken; they must not change before. */
  write(bytes: Uint8Array): Promise<void>;
  /** Ends our direction, after what was written. */
  end(): void;
  /** Cuts both. */
  destroy(): void;
}
