/** A proxy of the runtime's own parts. What it needs comes as JSON on stdin, its port goes to stdout. */

import { createServer as createHttp } from "node:http";
import { createServer as createHttps } from "node:https";
import { connect } from "node:net";
import { LeafIssuer } from "../../../lib/pki/leaf.ts";
import { ORIGIN_NAME } from "./job.ts";

const told = Object(await new Response(Deno.stdin.readable).json());
const { originCaPem, proxyCa, token } = told;
const issuer = await LeafIssuer.open(proxyCa, { now: () => new Date() });
const leaf = await issuer.leafFor({ kind: "name", value: ORIGIN_NAME });
const client = Deno.createHttpClient({ caCerts: [originCaPem], http2: false });

const inner = createHttps({ key: leaf.key_pem, cert: leaf.cert_pem }, async (request, response) => {
  const hasBody = request.method !== "GET";
  const upstream = await fetch(`https://${request.headers.host}${request.url}`, {
    client,
    method: request.method ?? "GET",
    headers: {
      authorization: `Bearer ${token}`,
      ...(hasBody ? { "content-length": request.headers["content-length"] ?? "" } : {}),
    },
    ...(hasBody ? { body: ReadableStream.from(request) } : {}),
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
const port = Object(outer.address()).port;
Deno.stdout.writeSync(new TextEncoder().encode(`${port}\n`));
