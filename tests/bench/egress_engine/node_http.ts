/** The same with the runtime's own parts: a node:https server behind the CONNECT, fetch to the upstream, no policy at all. */

import { createServer as createHttp } from "node:http";
import { createServer as createHttps } from "node:https";
import { connect } from "node:net";
import { createAuthority } from "../../../lib/pki/authority.ts";
import { LeafIssuer } from "../../../lib/pki/leaf.ts";

const { caPem, originPort } = Object(await new Response(Deno.stdin.readable).json());
const ca = await createAuthority(new Date());
const issuer = await LeafIssuer.open(ca, { now: () => new Date() });
const leaf = await issuer.leafFor({ kind: "name", value: "origin.test" });
const client = Deno.createHttpClient({ caCerts: [caPem] });

const inner = createHttps({ key: leaf.key_pem, cert: leaf.cert_pem }, async (request, response) => {
  // The bench's certificate names localhost too, as fetch can't be told an address for a name.
  const upstream = await fetch(`https://localhost:${originPort}${request.url}`, {
    client,
    headers: { authorization: "Bearer sk-bench-0123456789" },
  });
  response.writeHead(upstream.status, Object.fromEntries(upstream.headers));
  for await (const piece of upstream.body ?? []) {
    if (!response.write(piece)) await new Promise((resolve) => response.once("drain", resolve));
  }
  response.end();
});
await new Promise<void>((resolve) => inner.listen(0, "127.0.0.1", () => resolve()));
const innerPort = Object(inner.address()).port;

const outer = createHttp();
outer.on("connect", (_request, socket) => {
  const piped = connect(innerPort, "127.0.0.1", () => {
    socket.write("HTTP/1.1 200 OK\r\n\r\n");
    socket.pipe(piped).pipe(socket);
  });
  piped.on("error", () => socket.destroy());
  socket.on("error", () => piped.destroy());
});
await new Promise<void>((resolve) => outer.listen(0, "127.0.0.1", () => resolve()));
const told = { port: Object(outer.address()).port, caPem: ca.cert_pem };
Deno.stdout.writeSync(new TextEncoder().encode(`${JSON.stringify(told)}\n`));
