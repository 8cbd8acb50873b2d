/** Connections to the proxy on which anything may be said: every wait has an end. */

import { patiently, Wire } from "../../../support/egress/wire.ts";
import type { Subject } from "../subject.ts";

/** Longer than any time-out that a client's end leaves in force. */
const HANG_MS = 30_000;

/** Sends pieces, ends our direction, and reads to the end. @returns what went wrong */
export async function sayAll(
  open: () => Promise<Deno.Conn>,
  pieces: readonly Uint8Array[],
): Promise<string | undefined> {
  return await onConnection(open, async (conn) => {
    await Promise.all([write(conn, pieces), drain(conn)]);
    return undefined;
  });
}

/** Opens a connection and does something with it, for so long and no longer. @returns what went wrong */
export async function onConnection(
  open: () => Promise<Deno.Conn>,
  talk: (conn: Deno.Conn) => Promise<string | undefined>,
): Promise<string | undefined> {
  let conn: Deno.Conn;
  try {
    conn = await open();
  } catch (error) {
    return `no connection: ${error instanceof Error ? error.message : String(error)}`;
  }
  const late = Promise.withResolvers<string>();
  const timer = setTimeout(() => late.resolve(`no end after ${HANG_MS / 1000} s`), HANG_MS);
  try {
    const talking = talk(conn);
    const result = await Promise.race([talking, late.promise]);
    // It ends with the connection, and what it says then is no news.
    void talking.catch(() => {});
    return result;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    clearTimeout(timer);
    closeQuietly(conn);
  }
}

/** Writes pieces, each by itself, and ends our direction. Never throws: the proxy may be done with it before. */
export async function write(conn: Deno.Conn, pieces: readonly Uint8Array[]): Promise<void> {
  try {
    for (const piece of pieces) {
      await writeWhole(conn, piece);
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    if ("closeWrite" in conn && typeof conn.closeWrite === "function") await conn.closeWrite();
  } catch {
    // What it answered is read all the same.
  }
}

/** @throws if the connection is gone */
export async function writeWhole(conn: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
}

/** Reads to the end. @param look at each piece; default: it is dropped */
export async function drain(
  conn: Deno.Conn,
  look: (piece: Uint8Array) => void = () => {},
): Promise<void> {
  const buffer = new Uint8Array(16 * 1024);
  for (;;) {
    let count: number | null;
    try {
      count = await conn.read(buffer);
    } catch {
      // Cut, which is an end too.
      return;
    }
    if (count === null) return;
    look(buffer.subarray(0, count));
  }
}

/** A connection to the proxy itself. */
export async function openPlain({ port }: Subject): Promise<Deno.TcpConn> {
  return await Deno.connect({ hostname: "127.0.0.1", port });
}

/** A tunnel with TLS in it. @param port of the upstream @throws if it is not granted */
export async function openTunnel(
  subject: Subject,
  port: number,
  alpnProtocols: string[] = [],
): Promise<Deno.TlsConn> {
  const conn = await openPlain(subject);
  const wire = new Wire(conn);
  const authority = `127.0.0.1:${port}`;
  await wire.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`);
  const { status } = await wire.response("HEAD");
  if (status !== 200) throw new Error(`CONNECT was answered with ${status}`);
  const tls = await Deno.startTls(conn, {
    hostname: "127.0.0.1",
    caCerts: [subject.caPem],
    alpnProtocols,
  });
  await patiently(tls.handshake());
  return tls;
}

function closeQuietly(conn: Deno.Conn): void {
  try {
    conn.close();
  } catch {
    // A reset has closed it.
  }
}
