/** Server-sent events: how long the first one is on its way. */

import { Buffer } from "node:buffer";
import { now } from "../clock.ts";
import type { Figures, Way } from "../job.ts";
import { writeAll } from "../write_all.ts";
import { closeQuietly, connect, requestHead } from "./connect.ts";

/** Each event tells when the origin sent it. */
export async function timeEvents(way: Way, times: number): Promise<Figures> {
  const head = requestHead(way, "GET", "/events", "Accept-Encoding: identity\r\n");
  const conn = await connect(way);
  const delays: number[] = [];
  try {
    for (let at = 0; at < times; at++) {
      await writeAll(conn, head);
      delays.push(await timeFirst(conn));
    }
  } finally {
    closeQuietly(conn);
  }
  delays.sort((a, b) => a - b);
  return {
    p50_ms: delays[Math.floor(delays.length / 2)] ?? NaN,
    most_ms: delays.at(-1) ?? NaN,
  };
}

async function timeFirst(conn: Deno.Conn): Promise<number> {
  const buffer = Buffer.alloc(16 * 1024);
  let text = "";
  let delay: number | undefined;
  while (delay === undefined || !text.endsWith("0\r\n\r\n")) {
    const count = await conn.read(buffer);
    const at = now();
    if (count === null) throw new Error("The connection ended within an event stream");
    text += buffer.toString("latin1", 0, count);
    const sent = /data: ([0-9.]+)\n\n/.exec(text)?.[1];
    if (sent !== undefined) delay ??= at - Number(sent);
  }
  if (!text.startsWith("HTTP/1.1 200 ")) throw new Error(`Answered "${text.slice(0, 40)}"`);
  return delay;
}
