/** The origin's side of a WebSocket (RFC 6455): small messages come back as they came. */

import { Buffer } from "node:buffer";
import { type ByteConn, writeAll } from "../write_all.ts";

/** RFC 6455, 1.3. */
const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const TEXT = 0x81;
const CLOSE = 0x88;
const HEAD_BYTES = 2;
const MASK_BYTES = 4;

/** Accepts, and echoes messages of up to 125 bytes until the other side closes. */
export async function echoMessages(conn: ByteConn, head: string): Promise<void> {
  const key = /^sec-websocket-key: *([^\r]*)\r$/im.exec(head)?.[1] ?? "";
  const digest = await crypto.subtle.digest("SHA-1", new TextEncoder().encode(`${key}${GUID}`));
  const accept = Buffer.from(digest).toString("base64");
  await writeAll(
    conn,
    new TextEncoder().encode(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
        `Sec-WebSocket-Accept: ${accept}\r\n\r\n`,
    ),
  );
  const buffer = new Uint8Array(1024);
  for (let filled = 0;;) {
    const count = await conn.read(buffer.subarray(filled));
    if (count === null) return;
    filled += count;
    const [first = 0, second = 0] = buffer;
    const length = second & 0x7f;
    const end = HEAD_BYTES + MASK_BYTES + length;
    if (filled < HEAD_BYTES || filled < end) continue;
    if (first === CLOSE) return;
    await writeAll(conn, unmasked(buffer.subarray(HEAD_BYTES, end)));
    filled = 0;
  }
}

function unmasked(masked: Uint8Array): Uint8Array {
  const body = masked.subarray(MASK_BYTES).map((byte, at) => byte ^ (masked[at % MASK_BYTES] ?? 0));
  const bytes = new Uint8Array(HEAD_BYTES + body.length);
  bytes.set([TEXT, body.length]);
  bytes.set(body, HEAD_BYTES);
  return bytes;
}
