/** One big body, down or up. */

import { BIG_BYTES, type Figures, type Way } from "../job.ts";
import { makePiece } from "../payload.ts";
import { writeAll } from "../write_all.ts";
import { closeQuietly, connect, requestHead } from "./connect.ts";
import { ResponseReader } from "./response.ts";

/** Receives it. @throws if it has another length */
export async function download(way: Way): Promise<Figures> {
  return await timed(way, async (conn) => {
    await writeAll(conn, requestHead(way, "GET", "/big"));
    return (await new ResponseReader(conn).read()).bodyBytes;
  });
}

/** Sends it, with its length. @throws if the origin has got another one */
export async function upload(way: Way): Promise<Figures> {
  const piece = makePiece();
  return await timed(way, async (conn) => {
    await writeAll(conn, requestHead(way, "PUT", "/upload", `Content-Length: ${BIG_BYTES}\r\n`));
    for (let sent = 0; sent < BIG_BYTES; sent += piece.length) await writeAll(conn, piece);
    return Number(await new ResponseReader(conn).readText());
  });
}

async function timed(
  way: Way,
  transfer: (conn: Deno.Conn) => Promise<number>,
): Promise<Figures> {
  const conn = await connect(way);
  try {
    const begun = performance.now();
    const bytes = await transfer(conn);
    const seconds = (performance.now() - begun) / 1000;
    if (bytes !== BIG_BYTES) throw new Error(`${bytes} bytes instead of ${BIG_BYTES}`);
    return { megabytes_per_second: bytes / 1e6 / seconds };
  } finally {
    closeQuietly(conn);
  }
}
