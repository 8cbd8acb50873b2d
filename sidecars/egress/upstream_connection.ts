/** One connection to an upstream: TCP to a checked address, TLS verified against the name. */

import { BottleError } from "../../lib/errors.ts";
import { type ByteSource, MessageReader } from "../../lib/egress/http1/message_reader.ts";

/** Where a connection goes, and as whom it must prove itself. */
export interface UpstreamTarget {
  /** Canonical text of the checked address; no look-up follows. */
  readonly address: string;
  readonly port: number;
  /** The name that the certificate must have; undefined: plain TCP. */
  readonly tlsName: string | undefined;
  /** Trusted besides the system's roots. */
  readonly caCerts: readonly string[];
}

/** First buffer of a connection: most responses of an API are smaller. */
const SMALL_BUFFER_BYTES = 16 * 1024;
/** Once a read has filled the small one: a transfer, where fewer and larger reads count. */
const LARGE_BUFFER_BYTES = 64 * 1024;

/** Reads and writes an upstream, and waits in the pool. */
export class UpstreamConnection implements ByteSource {
  /** Keeps what was read beyond a response, for as long as the connection lives. */
  readonly reader: MessageReader;
  readonly #conn: Deno.Conn;
  #buffer: Uint8Array<ArrayBuffer> | undefined;
  #size = SMALL_BUFFER_BYTES;
  #pending: Promise<number | null> | undefined;
  #isClosed = false;
  /** Bytes that have come since it was last taken out of the pool. */
  received = 0;

  private constructor(conn: Deno.Conn) {
    this.#conn = conn;
    this.reader = new MessageReader(this);
  }

  /**
   * @throws {BottleError} `upstream-tls` when the certificate does not verify or TLS fails otherwise, nothing of the
   * request has been sent then; `upstream-unreachable`
   */
  static async connect(target: UpstreamTarget, signal: AbortSignal): Promise<UpstreamConnection> {
    const tcp = await connectTcp(target, signal);
    // Before TLS, as it can't be set afterwards: without it each POST waits 44 ms.
    tcp.setNoDelay(true);
    if (target.tlsName === undefined) return new UpstreamConnection(tcp);
    return new UpstreamConnection(await startTls(tcp, target.tlsName, target.caCerts, signal));
  }

  /** @throws {BottleError} `upstream-closed`: also at an end without close_notify, which may be anybody's */
  async read(): Promise<Uint8Array | undefined> {
    const buffer = this.#buffer ??= new Uint8Array(this.#size);
    const pending = this.#pending ?? this.#conn.read(buffer);
    this.#pending = undefined;
    let count: number | null;
    try {
      count = await pending;
    } catch {
      throw upstreamClosed();
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
      throw upstreamClosed();
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
    try {
      this.#conn.close();
    } catch {
      // A connection whose other end reset it is closed already.
    }
  }
}

async function connectTcp(target: UpstreamTarget, signal: AbortSignal): Promise<Deno.TcpConn> {
  try {
    const { address: hostname, port } = target;
    return await Deno.connect({ hostname, port, autoSelectFamily: false, signal });
  } catch {
    throw unreachable();
  }
}

/** `startTls` alone reports no fault of the certificate: `handshake` does. */
async function startTls(
  tcp: Deno.TcpConn,
  hostname: string,
  caCerts: readonly string[],
  signal: AbortSignal,
): Promise<Deno.TlsConn> {
  let tls: Deno.TlsConn | undefined;
  const giveUp = (): void => tls?.close();
  signal.addEventListener("abort", giveUp);
  try {
    tls = await Deno.startTls(tcp, {
      hostname,
      caCerts: [...caCerts],
      alpnProtocols: ["http/1.1"],
    });
    await tls.handshake();
    signal.throwIfAborted();
    return tls;
  } catch (error) {
    if (signal.aborted) throw unreachable();
    tls?.close();
    if (!(error instanceof Deno.errors.InvalidData)) throw unreachable();
    throw new BottleError("The upstream's certificate does not verify", {
      code: "upstream-tls",
      // The runtime's words name the fault (expired, unknown issuer, another name) and no value of ours.
      details: [error.message],
    });
  } finally {
    signal.removeEventListener("abort", giveUp);
  }
}

function unreachable(): BottleError {
  return new BottleError("The upstream cannot be reached", { code: "upstream-unreachable" });
}

function upstreamClosed(): BottleError {
  return new BottleError("The upstream broke the connection off", { code: "upstream-closed" });
}
