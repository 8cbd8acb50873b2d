/** Connections to the origin, through a proxy or not. */

import { ORIGIN_NAME, PLACEHOLDER, type Way } from "../job.ts";
import { writeAll } from "../write_all.ts";

const encoder = new TextEncoder();

/** What the origin is called in requests. */
export function authority({ originPort }: Way): string {
  return `${ORIGIN_NAME}:${originPort}`;
}

/** The head of a request as an agent's program sends it. @param fields each with its line end */
export function requestHead(way: Way, method: string, path: string, fields = ""): Uint8Array {
  return encoder.encode(
    `${method} ${path} HTTP/1.1\r\nHost: ${
      authority(way)
    }\r\nUser-Agent: bench\r\nAccept: */*\r\n` +
      `Authorization: Bearer ${PLACEHOLDER}\r\n${fields}\r\n`,
  );
}

/** Opens one with TLS. @throws if a proxy refuses, or another protocol comes of it */
export async function connect(
  way: Way,
  protocol: "http/1.1" | "h2" = "http/1.1",
): Promise<Deno.TlsConn> {
  const tcp = await Deno.connect({ hostname: "127.0.0.1", port: way.proxyPort ?? way.originPort });
  try {
    tcp.setNoDelay(true);
    if (way.proxyPort !== null) {
      const status = await askTunnel(tcp, authority(way));
      if (status !== 200) throw new Error(`CONNECT was answered with ${status}`);
    }
    return await secure(tcp, way.caPem, protocol);
  } catch (error) {
    closeQuietly(tcp);
    throw error;
  }
}

/** Asks a proxy for a tunnel. @returns the status that it answered with */
export async function askTunnel(tcp: Deno.TcpConn, target: string): Promise<number> {
  await writeAll(tcp, encoder.encode(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`));
  const buffer = new Uint8Array(8 * 1024);
  let text = "";
  while (!text.includes("\r\n\r\n")) {
    const count = await tcp.read(buffer);
    if (count === null) throw new Error("The proxy closed the connection");
    text += new TextDecoder().decode(buffer.subarray(0, count));
  }
  return Number(text.split(" ", 2)[1]);
}

/** Closes what may be closed already. */
export function closeQuietly(conn: Deno.Conn): void {
  try {
    conn.close();
  } catch {
    // TLS took it over, or the other side's reset closed it.
  }
}

async function secure(
  tcp: Deno.TcpConn,
  caPem: string,
  protocol: string,
): Promise<Deno.TlsConn> {
  const tls = await Deno.startTls(tcp, {
    hostname: ORIGIN_NAME,
    caCerts: [caPem],
    alpnProtocols: [protocol],
  });
  const { alpnProtocol } = await tls.handshake();
  if (protocol === "h2" && alpnProtocol !== "h2") {
    tls.close();
    throw new Error("HTTP/2 was not agreed on");
  }
  return tls;
}
