/** One connection to an upstream, once it is made. */

import { type ByteSource, MessageReader } from "../../../lib/egress/http1/message_reader.ts";
import { failure } from "../exchange/failure.ts";
import { ReadAhead } from "./read_ahead.ts";
import { closeQuietly, type Conn, describeAlert } from "./tcp.ts";

/** The buffer of a connection: most responses of an API are smaller. Who fills it sends more, and is read ahead. */
const BUFFER_BYTES = 16 * 1024;

/** Reads and writes an upstream, and waits in the pool. */
export class UpstreamConnection implements ByteSource {
  /** Keeps what was read beyond a response, for as long as the connection lives. */
  readonly reader: MessageReader;
  readonly #conn: Conn;
  readonly #onClose: () => void;
  #buffer: Uint8Array | undefined;
  #ahead: ReadAhead | undefined;
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

  /** Whether nothing has come that nobody has read, not its end either. */
  get isQuiet(): boolean {
    return !this.reader.hasBuffered && this.#ahead?.hasMore !== true;
  }

  /** @throws {BottleError} `upstream-closed`: also at an end without close_notify, which may be anybody's */
  async read(): Promise<Uint8Array | undefined> {
    let bytes: Uint8Array | undefined;
    try {
      bytes = await (this.#ahead?.read() ?? this.#readOnce());
    } catch (error) {
      throw failure("upstream-closed", describeAlert(error));
    }
    if (bytes === undefined) return undefined;
    this.received += bytes.length;
    if (bytes.length >= BUFFER_BYTES) this.#ahead ??= new ReadAhead(this.#conn);
    return bytes;
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
    const left = this.#ahead?.leave();
    this.#ahead = undefined;
    // What is left of a large buffer would keep the whole.
    if (this.#buffer?.buffer.byteLength !== BUFFER_BYTES) this.#buffer = undefined;
    this.#buffer = left?.buffer ?? this.#buffer ?? new Uint8Array(BUFFER_BYTES);
    const pending = left?.count ?? this.#conn.read(this.#buffer);
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

  async #readOnce(): Promise<Uint8Array | undefined> {
    const buffer = this.#buffer ??= new Uint8Array(BUFFER_BYTES);
    const pending = this.#pending ?? this.#conn.read(buffer);
    this.#pending = undefined;
    const count = await pending;
    return count === null ? undefined : buffer.subarray(0, count);
  }
}
