/** Both ends of a WebSocket, by hand: bytes as texts, one character a byte. Knows nothing of the proxy's own codec. */

import { createHash } from "node:crypto";
import type { Proxy } from "./proxy.ts";
import { type Behaviour, takeRequest } from "./recorder.ts";
import type { Wire, WireResponse } from "./wire.ts";

/** RFC 6455, 1.3. */
export const CLIENT_KEY = "dGhlIHNhbXBsZSBub25jZQ==";
export const CLIENT_ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const KEY = "\x11\x22\x33\x44";

/** A frame as it came, unmasked. */
export interface TakenFrame {
  /** With FIN and reserved bits: 0x81 is a whole text. */
  readonly first: number;
  readonly isMasked: boolean;
  readonly payload: string;
}

/** Makes a frame. @param first its first byte */
export function frame(first: number, payload: string, isMasked: boolean): string {
  const bit = isMasked ? 0x80 : 0;
  const { length } = payload;
  const size = length < 126
    ? byte(bit | length)
    : length < 65_536
    ? byte(bit | 126) + byte(length >> 8) + byte(length & 255)
    : byte(bit | 127) + "\0\0\0\0" + byte(length >>> 24) + byte(length >> 16 & 255) +
      byte(length >> 8 & 255) + byte(length & 255);
  return byte(first) + size + (isMasked ? KEY + mask(payload, KEY) : payload);
}

/** Takes a frame. @throws if the connection ends before */
export async function takeFrame(wire: Wire): Promise<TakenFrame> {
  const head = await wire.exactly(2);
  const short = head.charCodeAt(1) & 127;
  const extended = short === 126
    ? await wire.exactly(2)
    : short === 127
    ? await wire.exactly(8)
    : "";
  const length = extended === ""
    ? short
    : [...extended].reduce((sum, one) => sum * 256 + one.charCodeAt(0), 0);
  const isMasked = head.charCodeAt(1) > 127;
  const key = isMasked ? await wire.exactly(4) : "\0\0\0\0";
  return { first: head.charCodeAt(0), isMasked, payload: mask(await wire.exactly(length), key) };
}

/** A close frame's payload. */
export function closing(code: number, reason = ""): string {
  return byte(code >> 8) + byte(code & 255) + reason;
}

/** Asks through the proxy for a WebSocket. */
export async function askWebSocket(
  proxy: Proxy,
  host: string,
  fields = "",
): Promise<{ readonly wire: Wire; readonly response: WireResponse }> {
  const wire = await proxy.tunnel(host);
  await wire.write(
    `GET /chat HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${CLIENT_KEY}\r\n${fields}\r\n`,
  );
  return { wire, response: await wire.response() };
}

/** An upstream that agrees to a WebSocket, and does with it as told. @param fields of its 101 */
export function switching(serve: (wire: Wire) => Promise<void>, fields = ""): Behaviour {
  return async (wire) => {
    const { head } = await takeRequest(wire);
    await wire.write(switched(head, fields));
    await serve(wire);
  };
}

/** The 101 that answers a request. */
export function switched(head: string, fields = ""): string {
  const key = /^sec-websocket-key: *(.*)\r$/im.exec(head)?.[1] ?? "";
  const accept = createHash("sha1").update(key + GUID).digest("base64");
  return "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: WebSocket\r\n" +
    `Sec-WebSocket-Accept: ${accept}\r\n${fields}\r\n`;
}

/** Sends back what comes, frame by frame, until it is closed. */
export async function echo(wire: Wire): Promise<void> {
  for (;;) {
    const { first, payload } = await takeFrame(wire);
    const answered = (first & 15) === 9 ? first + 1 : first;
    await wire.write(frame(answered, payload, false));
    if ((first & 15) === 8) return;
  }
}

function mask(text: string, key: string): string {
  if (key === "\0\0\0\0") return text;
  const codes = Array.from(text, (one, at) => one.charCodeAt(0) ^ key.charCodeAt(at & 3));
  return codes.map(byte).join("");
}

function byte(code: number): string {
  return String.fromCharCode(code);
}
