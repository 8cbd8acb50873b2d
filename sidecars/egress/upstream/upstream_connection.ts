/** One connection to an upstream, once it is made. */

import { type ByteSource, MessageReader } from "../../../lib/egress/http1/message_reader.ts";
import { failure } from "../exchange/failure.ts";
import { closeQuietly, type Conn, describeAlert } from "./tcp.ts";

/** First buffer of a connection: most responses of an API are smaller. */
const SMALL_BUFFER_BYTES = 16 * 1024;
/** Once a read has filled the small one: a transfer, where fewer and larger reads count. */
const LARGE_BUFFER_BYTES = 64 * 1024;

/** Reads and writes an upstream, and waits in the pool. */
export class UpstreamConnection implements ByteSource {
  /** Keeps what was read beyond a response, for as long as the connection lives. */
  readonly reader: MessageReader;
  readonly #conn: Conn;
  readonly #onClose: () => void;
  #buffer: Uint8Array<ArrayBuffer> | undefined;
  #size = SMALL_BUFFER_BYTES;
  #pending: Promise<number | null> | undefined;
  #isClosed = false;
  /** Bytes that have come since it was last taken out of the pool. */
  received = 0;

  /** @param onClose called once, when it is closed */
  constructor(conn: Conn, onClose: () => void = () => {}) {
    this.#conn = conn;
    this.#onClose = onClose;
    this.reader = new MessageReader(this);
  }

  /** @throws {BottleError} `upstream-closed`: also at an end without close_notify, which may be anybody's */
  async read(): Promise<Uint8Array | undefined> {
    const buffer = this.#buffer ??= new Uint8Array(this.#size);
    const pending = this.#pending ?? this.#conn.read(buffer);
    this.#pending = undefined;
    let count: number | null;
    try {
      count = await pending;
    } catch (error) {
      throw failure("upstream-closed", describeAlert(error));
    }
    if (count === null) return undefined;
    this.received += count;
    if (count === buffer.length && this.#size < LARGE_BUFFER_BYTES) {
      // The view below stays valid: only the next read takes the new buffer.
      this.#size = LARGE_BUFFER_BYTES;
      this.#buffer = undefined;
    }
    return buffer.subarray(0, count);
  }

  /** @throws {BottleError} `upstream-closed` */
  async write(bytes: Uint8Array): Promise<void> {
    try {
      for (let at = 0; at < bytes.length;) at += await this.#conn.write(bytes.subarray(at));
    } catch {
      throw failure("upstream-closed");
    }
  }

  /**
   * Waits for the next use with a read under way: an upstream that closes, or speaks unasked, is found out at once and
   * not by the next request.
   *
   * @param onDead called when the connection can't be used again, unless {@linkcode unpark} came before
   */
  park(onDead: () => void): void {
    if (this.#size !== SMALL_BUFFER_BYTES) this.#buffer = undefined;
    this.#size = SMALL_BUFFER_BYTES;
    this.#buffer ??= new Uint8Array(this.#size);
    const pending = this.#conn.read(this.#buffer);
    this.#pending = pending;
    const settle = (): void => {
      if (this.#pending === pending) onDead();
    };
    pending.then(settle, settle);
  }

  /** The read under way becomes the first of the next response. */
  unpark(): void {
    const pending = this.#pending;
    this.received = 0;
    if (pending === undefined) return;
    this.#pending = pending.then((count) => count);
    this.#pending.catch(() => {});
  }

  /** Ends our direction: what was written arrives, and the upstream may go on. */
  end(): void {
    this.#conn.closeWrite().catch(() => {});
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    closeQuietly(this.#conn);
    this.#onClose();
  }
}
