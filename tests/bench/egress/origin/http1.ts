/** The origin's answers over HTTP/1.1. */

import { Buffer } from "node:buffer";
import { now } from "../clock.ts";
import { BIG_BYTES } from "../job.ts";
import { makePiece } from "../payload.ts";
import { type ByteConn, writeAll } from "../write_all.ts";
import { echoMessages } from "./messages.ts";

/** A proxy has passed the head on before the first event comes: the event is timed alone. */
const BEFORE_EVENT_MS = 15;

const encoder = new TextEncoder();
const piece = makePiece();
const small = text("x".repeat(1024));
const medium = text("x".repeat(100 * 1024));
const bigHead = encoder.encode(
  `HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: ${BIG_BYTES}\r\n\r\n`,
);
const eventsHead = encoder.encode(
  "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n",
);

interface Request {
  readonly head: string;
  readonly path: string;
  /** What has come of its body. */
  readonly rest: Uint8Array;
}

/** Serves one connection to its end. */
export async function serveHttp1(conn: ByteConn): Promise<void> {
  const buffer = Buffer.alloc(64 * 1024);
  for (;;) {
    const request = await readRequest(conn, buffer);
    if (request === undefined) return;
    if (request.path === "/1k") await writeAll(conn, small);
    else if (!await answer(conn, request, buffer)) return;
  }
}

async function readRequest(conn: ByteConn, buffer: Buffer): Promise<Request | undefined> {
  for (let filled = 0; filled < buffer.length;) {
    const count = await conn.read(buffer.subarray(filled));
    if (count === null) return undefined;
    filled += count;
    const end = buffer.subarray(0, filled).indexOf("\r\n\r\n");
    if (end < 0) continue;
    const head = buffer.toString("latin1", 0, end + 4);
    const path = head.slice(head.indexOf(" ") + 1, head.indexOf(" HTTP/"));
    return { head, path, rest: buffer.subarray(end + 4, filled) };
  }
  return undefined;
}

/** @returns whether the connection goes on */
async function answer(conn: ByteConn, request: Request, buffer: Buffer): Promise<boolean> {
  switch (request.path) {
    case "/100k":
      await writeAll(conn, medium);
      return true;
    case "/big":
      await writeAll(conn, bigHead);
      for (let sent = 0; sent < BIG_BYTES; sent += piece.length) await writeAll(conn, piece);
      return true;
    case "/upload":
      await countBody(conn, request, buffer);
      return true;
    case "/sink":
      // Nothing is read, for as long as the other side lets us.
      await new Promise((resolve) => setTimeout(resolve, 60_000));
      return false;
    case "/events":
      await sendEvent(conn);
      return true;
    case "/messages":
      await echoMessages(conn, request.head);
      return false;
    default:
      await writeAll(conn, text(await tellCredential(request.head)));
      return true;
  }
}

async function countBody(conn: ByteConn, { head, rest }: Request, buffer: Buffer): Promise<void> {
  const length = Number(/^content-length: *([0-9]+)\r$/im.exec(head)?.[1]);
  let received = rest.length;
  while (received < length) {
    const count = await conn.read(buffer);
    if (count === null) break;
    received += count;
  }
  await writeAll(conn, text(String(received)));
}

async function sendEvent(conn: ByteConn): Promise<void> {
  await writeAll(conn, eventsHead);
  await new Promise((resolve) => setTimeout(resolve, BEFORE_EVENT_MS));
  const event = `data: ${now()}\n\n`;
  await writeAll(conn, encoder.encode(`${event.length.toString(16)}\r\n${event}\r\n`));
  // Not in the same piece: an event must not wait for what follows it.
  await new Promise((resolve) => setTimeout(resolve, BEFORE_EVENT_MS));
  await writeAll(conn, encoder.encode("0\r\n\r\n"));
}

/** Its hash, which nobody redacts, and itself, plain and in base64. */
async function tellCredential(head: string): Promise<string> {
  const value = /^authorization: *([^\r]*)\r$/im.exec(head)?.[1] ?? "";
  const digest = await crypto.subtle.digest("SHA-256", encoder.encode(value));
  return [Buffer.from(digest).toString("hex"), value, btoa(value)].join("\n");
}

function text(body: string): Uint8Array {
  return encoder.encode(
    `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
}
