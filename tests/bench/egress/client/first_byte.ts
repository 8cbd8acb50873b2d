/** Time to the first byte, one request at a time. */

import type { Figures, Way } from "../job.ts";
import { writeAll } from "../write_all.ts";
import { closeQuietly, connect, requestHead } from "./connect.ts";
import { Latencies } from "./latencies.ts";
import { ResponseReader } from "./response.ts";

/** On one connection that is open already. */
export async function timeFirstBytes(way: Way, path: string, seconds: number): Promise<Figures> {
  const head = requestHead(way, "GET", path);
  const conn = await connect(way);
  const latencies = new Latencies(seconds);
  latencies.start();
  try {
    const reader = new ResponseReader(conn);
    while (!latencies.isOver) {
      const begun = performance.now();
      await writeAll(conn, head);
      latencies.add(begun, (await reader.read()).firstByteAt);
    }
  } finally {
    closeQuietly(conn);
  }
  return latencies.figures();
}
