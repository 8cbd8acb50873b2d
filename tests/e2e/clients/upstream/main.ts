/** What the clients talk to: JSON, a stream of events, a big body and WebSocket on 443, gRPC on 8443. */

import type { UpstreamConfig, UpstreamLine } from "./protocol.ts";

async function say(line: UpstreamLine): Promise<void> {
  await Deno.stdout.write(new TextEncoder().encode(`${JSON.stringify(line)}\n`));
}

async function readConfig(): Promise<UpstreamConfig> {
  let text = "";
  for await (const chunk of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (text.endsWith("\n")) break;
  }
  return JSON.parse(text);
}

const { cert_pem: cert, key_pem: key } = await readConfig();
const listening = Promise.withResolvers<void>();
const options = { hostname: "0.0.0.0", port: 443, cert, key };
Deno.serve({ ...options, onListen: () => listening.resolve() }, async (request) => {
  const authorization = request.headers.get("authorization") ?? "";
  const { pathname } = new URL(request.url);
  await say({ kind: "request", line: `${request.method} ${pathname}`, authorization });
  return await answer(request, pathname, authorization);
});

await Deno.writeTextFile("/tmp/cert.pem", cert);
await Deno.writeTextFile("/tmp/key.pem", key);
const grpc = new Deno.Command("python3", {
  args: [new URL("./grpc_server.py", import.meta.url).pathname],
  stdout: "piped",
}).spawn();
const lines = grpc.stdout.pipeThrough(new TextDecoderStream());
await listening.promise;
for await (const text of lines) {
  for (const line of text.split("\n").filter((line) => line !== "")) {
    await say(line === "ready" ? { kind: "ready" } : JSON.parse(line));
  }
}
throw new Error("The gRPC server has ended");

async function answer(
  request: Request,
  pathname: string,
  authorization: string,
): Promise<Response> {
  switch (pathname) {
    case "/echo":
      return Response.json({ body: await request.text(), authorization });
    case "/big":
      return new Response("0123456789abcdef".repeat(256 * 1024));
    case "/count": {
      let size = 0;
      for await (const chunk of request.body ?? []) size += chunk.length;
      return Response.json({ size });
    }
    case "/events":
      return new Response(events(), { headers: { "content-type": "text/event-stream" } });
    case "/socket": {
      const { socket, response } = Deno.upgradeWebSocket(request);
      socket.onmessage = ({ data }): void => socket.send(data);
      return response;
    }
    default:
      return new Response(null, { status: 404 });
  }
}

function events(): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let sent = 0;
  return new ReadableStream({
    async pull(controller): Promise<void> {
      if (sent > 0) await new Promise((resolve) => setTimeout(resolve, 20));
      controller.enqueue(encoder.encode(`data: ${sent++}\n\n`));
      if (sent === 5) controller.close();
    },
  });
}
