/** A part of a crowd: a process with descriptors of its own. Opens connections as a document on its stdin says, and keeps them until it is ended. */

import type { CrowdOrder, CrowdTally } from "./order.ts";

const REFUSED = "HTTP/1.1 429 ";
/** Connections that are made at once. */
const AT_ONCE = 50;
const TELL_MS = 100;

const { port, count, text }: CrowdOrder = Object(await new Response(Deno.stdin.readable).json());
const bytes = new TextEncoder().encode(text);
const tally = { open: 0, refused: 0, ended: 0, failed: 0 };
let left = count;

/** Makes one after the other. What it has made is read along. */
async function makeSome(): Promise<void> {
  while (left-- > 0) {
    try {
      const conn = await Deno.connect({ hostname: "127.0.0.1", port });
      tally.open++;
      void keep(conn);
    } catch {
      tally.failed++;
    }
  }
}

/** To its end; our side is not closed: it is the proxy that has to let go. */
async function keep(conn: Deno.TcpConn): Promise<void> {
  const buffer = new Uint8Array(1024);
  let heard = "";
  try {
    for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
    for (;;) {
      const read = await conn.read(buffer);
      if (read === null) break;
      heard += new TextDecoder().decode(buffer.subarray(0, read));
    }
  } catch {
    // Cut.
  }
  tally.open--;
  if (heard.startsWith(REFUSED)) tally.refused++;
  else tally.ended++;
}

void Promise.all(Array.from({ length: AT_ONCE }, makeSome));
for (;;) {
  const now: CrowdTally = tally;
  Deno.stdout.writeSync(new TextEncoder().encode(`${JSON.stringify(now)}\n`));
  await new Promise((resolve) => setTimeout(resolve, TELL_MS));
}
