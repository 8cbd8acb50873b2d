/** A WebSocket's round trips. */

import { Buffer } from "node:buffer";
import type { Figures, Way } from "../job.ts";
import { writeAll } from "../write_all.ts";
import { closeQuietly, connect, requestHead } from "./connect.ts";
import { Latencies } from "./latencies.ts";

const UPGRADE =
  "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
/** RFC 6455, 1.3: the answer to that key. */
const ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
const MESSAGE = new TextEncoder().encode("a message of thirty-two letters.");
const HEAD_BYTES = 2;
const MASK = [0x37, 0xfa, 0x21, 0x3d] as const;

/** One message in flight. */
export async function exchangeMessages(way: Way, seconds: number): Promise<Figures> {
  const conn = await connect(way);
  const latencies = new Latencies(seconds);
  const buffer = Buffer.alloc(1024);
  const message = masked();
  try {
    await writeAll(conn, requestHead(way, "GET", "/messages", UPGRADE));
    await acceptance(conn, buffer);
    latencies.start();
    while (!latencies.isOver) {
      const begun = performance.now();
      await writeAll(conn, message);
      for (let filled = 0; filled < HEAD_BYTES + MESSAGE.length;) {
        const count = await conn.read(buffer.subarray(filled));
        if (count === null) throw new Error("The connection ended");
        filled += count;
      }
      if (buffer.indexOf(MESSAGE) !== HEAD_BYTES) throw new Error("Another message came back");
      latencies.add(begun, performance.now());
    }
  } finally {
    closeQuietly(conn);
  }
  return latencies.figures();
}

async function acceptance(conn: Deno.Conn, buffer: Buffer): Promise<void> {
  let head = "";
  while (!head.includes("\r\n\r\n")) {
    const count = await conn.read(buffer);
    if (count === null) throw new Error("The connection ended before an answer");
    head += buffer.toString("latin1", 0, count);
  }
  if (head.startsWith("HTTP/1.1 101 ") && head.includes(ACCEPT)) return;
  throw new Error(`Answered "${head.split("\r\n", 1)[0]}"`);
}

function masked(): Uint8Array {
  const body = MESSAGE.map((byte, at) => byte ^ (MASK[at % MASK.length] ?? 0));
  return new Uint8Array([0x81, 0x80 | body.length, ...MASK, ...body]);
}
