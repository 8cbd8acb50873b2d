/**
 * Look-ups over TCP (RFC 7766): two bytes of length, then the message, as often as the asker likes within bounds.
 */

import type { ListenAddress } from "../../../lib/egress/config.ts";
import { BottleError } from "../../../lib/errors.ts";

/** What {@linkcode serveDnsTcp} takes. */
export interface DnsTcpOptions {
  readonly listen: ListenAddress;
  readonly peers: ReadonlySet<string>;
  /** Undefined: the connection is closed. */
  readonly answer: (message: Uint8Array) => Uint8Array | undefined;
  /** Whole life of a connection; default 5,000. */
  readonly lifeMs?: number;
}

/** Open at once; more are closed unread. */
export const DNS_TCP_CONNECTIONS = 32;
const LIFE_MS = 5_000;
/** No question is longer: header, name, type and class, and some room for EDNS. */
const MAX_MESSAGE = 1_024;

/**
 * Serves until disposed of; disposal closes what is open and waits for it.
 * @throws {BottleError} `dns-listen`
 */
export function serveDnsTcp(options: DnsTcpOptions): AsyncDisposable {
  const { peers, lifeMs = LIFE_MS } = options;
  const listener = listenTcp(options.listen);
  const open = new Map<Deno.TcpConn, Promise<void>>();
  const accepting = (async () => {
    for await (const connection of listener) {
      const isPeer = peers.has(connection.remoteAddr.hostname);
      if (!isPeer || open.size >= DNS_TCP_CONNECTIONS) {
        connection.close();
        continue;
      }
      const serving = serve(connection, options.answer, lifeMs)
        .finally(() => open.delete(connection));
      open.set(connection, serving);
    }
  })();
  return {
    async [Symbol.asyncDispose](): Promise<void> {
      listener.close();
      for (const connection of open.keys()) close(connection);
      await Promise.allSettled([accepting, ...open.values()]);
    },
  };
}

/** Answers one connection's questions in order. Never rejects: a connection that breaks is at its end. */
async function serve(
  connection: Deno.TcpConn,
  answer: DnsTcpOptions["answer"],
  lifeMs: number,
): Promise<void> {
  const timer = setTimeout(() => close(connection), lifeMs);
  try {
    for (;;) {
      const prefix = await readExactly(connection, 2);
      if (!prefix) return;
      const length = new DataView(prefix.buffer).getUint16(0);
      const message = length <= MAX_MESSAGE ? await readExactly(connection, length) : undefined;
      const bytes = message && answer(message);
      if (!bytes) return;
      await writeAll(connection, Uint8Array.of(bytes.length >> 8, bytes.length & 0xff, ...bytes));
    }
  } catch {
    return;
  } finally {
    clearTimeout(timer);
    close(connection);
  }
}

/** Undefined at the end of the stream. */
async function readExactly(
  connection: Deno.TcpConn,
  length: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const bytes = new Uint8Array(length);
  for (let filled = 0; filled < length;) {
    const count = await connection.read(bytes.subarray(filled));
    if (count === null) return undefined;
    filled += count;
  }
  return bytes;
}

async function writeAll(connection: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let sent = 0; sent < bytes.length;) sent += await connection.write(bytes.subarray(sent));
}

function listenTcp({ address, port }: ListenAddress): Deno.TcpListener {
  try {
    return Deno.listen({ hostname: address, port });
  } catch (cause) {
    throw new BottleError(`Cannot answer look-ups on "${address}" port ${port}`, {
      code: "dns-listen",
      cause,
    });
  }
}

/** Closing twice is no fault: the time-out and the reader may both come to it. */
function close(connection: Deno.TcpConn): void {
  try {
    connection.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}
