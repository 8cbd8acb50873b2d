/** New connections, each with one request. */

import type { Figures, Way } from "../job.ts";
import { writeAll } from "../write_all.ts";
import { closeQuietly, connect, requestHead } from "./connect.ts";
import { Latencies } from "./latencies.ts";
import { ResponseReader } from "./response.ts";
import { together } from "./together.ts";

const AT_ONCE = 8;

/** Each with a whole handshake: `Deno.startTls` resumes no session of an earlier call. */
export async function openSessions(way: Way, seconds: number): Promise<Figures> {
  const head = requestHead(way, "GET", "/1k");
  const latencies = new Latencies(seconds);
  latencies.start();
  await together(AT_ONCE, async () => {
    while (!latencies.isOver) {
      const begun = performance.now();
      const conn = await connect(way);
      try {
        await writeAll(conn, head);
        await new ResponseReader(conn).read();
      } finally {
        closeQuietly(conn);
      }
      latencies.add(begun, performance.now());
    }
  });
  return latencies.figures();
}
