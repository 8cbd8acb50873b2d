/** Writing a connection. */

/** As much of a connection as the origin needs. */
export type ByteConn = Pick<Deno.Conn, "read" | "write">;

/** Writes all of it. */
export async function writeAll(conn: ByteConn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
}
