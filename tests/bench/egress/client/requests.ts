/** Requests over keep-alive connections. */

import type { Figures, Way } from "../job.ts";
import { writeAll } from "../write_all.ts";
import { closeQuietly, connect, requestHead } from "./connect.ts";
import { Latencies } from "./latencies.ts";
import { ResponseReader } from "./response.ts";
import { together } from "./together.ts";

/** 1 kB over and over. */
export async function loadRequests(
  way: Way,
  connections: number,
  seconds: number,
): Promise<Figures> {
  const head = requestHead(way, "GET", "/1k");
  const latencies = new Latencies(seconds);
  const opened: Deno.Conn[] = [];
  try {
    await together(connections, async () => void opened.push(await connect(way)));
    latencies.start();
    const waiting = [...opened];
    await together(connections, async () => {
      const conn = waiting.pop();
      if (conn !== undefined) await exchange(conn, head, latencies);
    });
  } finally {
    for (const conn of opened) closeQuietly(conn);
  }
  return latencies.figures();
}

async function exchange(conn: Deno.Conn, head: Uint8Array, latencies: Latencies): Promise<void> {
  const reader = new ResponseReader(conn);
  while (!latencies.isOver) {
    const begun = performance.now();
    await writeAll(conn, head);
    const { bodyBytes } = await reader.read();
    if (bodyBytes !== 1024) throw new Error(`${bodyBytes} bytes instead of 1024`);
    latencies.add(begun, performance.now());
  }
}
