/** A TLS origin as fast as one can be: 1 kB for every head, 256 MB for `/big`. Certificate and key come as JSON on stdin. */

const { cert, key } = Object(await new Response(Deno.stdin.readable).json());
const encoder = new TextEncoder();
const small = encoder.encode(
  `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 1024\r\n\r\n${"x".repeat(1024)}`,
);
const size = 256 * 1024 * 1024;
const bigHead = encoder.encode(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`);
const piece = new Uint8Array(64 * 1024);

const listener = Deno.listenTls({ hostname: "127.0.0.1", port: 0, cert, key });
Deno.stdout.writeSync(encoder.encode(`${listener.addr.port}\n`));
for await (const conn of listener) void serve(conn);

async function serve(conn: Deno.TlsConn): Promise<void> {
  const buffer = new Uint8Array(16 * 1024);
  const decoder = new TextDecoder();
  try {
    for (let count = await conn.read(buffer); count !== null; count = await conn.read(buffer)) {
      if (!decoder.decode(buffer.subarray(0, 8)).startsWith("GET /big")) {
        await writeAll(conn, small);
        continue;
      }
      await writeAll(conn, bigHead);
      for (let sent = 0; sent < size; sent += piece.length) await writeAll(conn, piece);
    }
  } catch {
    // The client is done.
  }
}

async function writeAll(conn: Deno.TlsConn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
}
