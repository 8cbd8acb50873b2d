/**
 * A TLS origin, twice: as fast as one can be, HTTP/1.1 or HTTP/2 as the client prefers; and one that sends each write at once.
 * Certificate and key come as JSON on stdin, the two ports go to stdout.
 */

import { serveHttp1 } from "./origin/http1.ts";
import { serveHttp2 } from "./origin/http2.ts";
import { listenPromptly } from "./origin/prompt.ts";

const { cert, key } = Object(await new Response(Deno.stdin.readable).json());
const listener = Deno.listenTls({
  hostname: "127.0.0.1",
  port: 0,
  cert,
  key,
  alpnProtocols: ["h2", "http/1.1"],
});
const promptPort = await listenPromptly({ cert, key }, serveHttp1);
Deno.stdout.writeSync(new TextEncoder().encode(`${listener.addr.port} ${promptPort}\n`));
for await (const conn of listener) void serve(conn);

async function serve(conn: Deno.TlsConn): Promise<void> {
  try {
    const { alpnProtocol } = await conn.handshake();
    await (alpnProtocol === "h2" ? serveHttp2(conn) : serveHttp1(conn));
  } catch {
    // The client is done.
  } finally {
    try {
      conn.close();
    } catch {
      // Closed by the other side's reset.
    }
  }
}
