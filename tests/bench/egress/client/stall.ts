/** Transfers that stand still: whoever holds them in memory is found out. */

import { BIG_BYTES, type Figures, type Way } from "../job.ts";
import { makePiece } from "../payload.ts";
import { writeAll } from "../write_all.ts";
import { closeQuietly, connect, requestHead } from "./connect.ts";
import { together } from "./together.ts";

const held: Deno.Conn[] = [];
const sending: Promise<void>[] = [];

/** Begins so many. Down: the client reads only their first bytes. Up: the origin reads nothing. */
export async function stallTransfers(
  way: Way,
  transfers: number,
  direction: "down" | "up",
): Promise<Figures> {
  await together(transfers, async () => {
    const conn = await connect(way);
    held.push(conn);
    if (direction === "up") return void sending.push(send(way, conn));
    await writeAll(conn, requestHead(way, "GET", "/big"));
    if (await conn.read(new Uint8Array(1024)) === null) throw new Error("The connection ended");
  });
  return { transfers };
}

/** Ends them. */
export async function releaseTransfers(): Promise<Figures> {
  for (const conn of held) closeQuietly(conn);
  await Promise.all(sending);
  held.length = 0;
  sending.length = 0;
  return {};
}

async function send(way: Way, conn: Deno.Conn): Promise<void> {
  const piece = makePiece();
  try {
    await writeAll(conn, requestHead(way, "PUT", "/sink", `Content-Length: ${BIG_BYTES}\r\n`));
    for (let sent = 0; sent < BIG_BYTES; sent += piece.length) await writeAll(conn, piece);
  } catch {
    // Released.
  }
}
