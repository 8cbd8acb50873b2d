import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { testAuthority } from "../../support/egress/certificates.ts";
import { startProxy } from "../../support/egress/proxy.ts";
import {
  type Deflate,
  startDenoEcho,
  startEcho,
  WebSocketClient,
  type WebSocketUpstream,
} from "../../support/egress/websocket_peers.ts";

const { ca, issuer } = await testAuthority();
const leaf = await issuer.leafFor({ kind: "name", value: "origin.test" });

async function withClient(
  upstream: WebSocketUpstream,
  perMessageDeflate: boolean,
  test: (client: WebSocketClient) => Promise<void>,
): Promise<void> {
  const { port } = upstream;
  await using proxy = await startProxy({
    routes: [{ host: "origin.test", ports: [port], allow_private: true }],
    caPem: ca.cert_pem,
  });
  await using client = await WebSocketClient.open(proxy, `origin.test:${port}`, {
    perMessageDeflate,
    protocols: ["chat", "other"],
  });
  await test(client);
  client.socket.close(4001, "enough");
  assert.equal(await client.closed, 4001);
  await proxy.rowCount(1);
  assert.deepEqual(proxy.rows.map(({ verdict, status }) => [verdict, status]), [["allowed", 101]]);
  assert.deepEqual(proxy.log, []);
}

const sizes = [0, 1, 125, 126, 127, 4_096, 65_535, 65_536, 70_000, 300_000];

async function exchange(client: WebSocketClient): Promise<void> {
  for (const size of sizes) {
    const text = Array.from({ length: size }, (_, at) => "abcdefgh "[at * at % 9]).join("");
    client.socket.send(text);
    assert.equal(await client.message(), text, `text of ${size}`);
    const bytes = crypto.getRandomValues(new Uint8Array(Math.min(size, 60_000)));
    client.socket.send(bytes);
    assert.equal(await client.message(), Buffer.from(bytes).toString("latin1"));
  }
  const pong = Promise.withResolvers<string>();
  client.socket.once("pong", (data: Uint8Array) => pong.resolve(Buffer.from(data).toString()));
  client.socket.send("in ", { fin: false });
  client.socket.ping("are you there");
  client.socket.send("three ", { fin: false });
  client.socket.send("parts", { fin: true });
  assert.equal(await pong.promise, "are you there");
  assert.equal(await client.message(), "in three parts");
}

const ways: readonly (Deflate | undefined)[] = [
  undefined,
  { serverNoContextTakeover: false, clientNoContextTakeover: false },
  { serverNoContextTakeover: true, clientNoContextTakeover: false },
  { serverNoContextTakeover: false, clientNoContextTakeover: true },
  { serverNoContextTakeover: true, clientNoContextTakeover: true },
];

for (const deflate of ways) {
  Deno.test(`peers of ws talk through the proxy with ${JSON.stringify(deflate) ?? "no compression"}`, async () => {
    await using upstream = await startEcho(leaf, deflate);
    await withClient(upstream, true, async (client) => {
      assert.equal(client.socket.protocol, "chat");
      assert.equal(client.socket.extensions.includes("permessage-deflate"), deflate !== undefined);
      await exchange(client);
    });
  });
}

for (const perMessageDeflate of [false, true]) {
  const offers = perMessageDeflate ? "offers compression" : "offers none";
  Deno.test(`a client of ws that ${offers} talks to Deno's server through the proxy`, async () => {
    await using upstream = startDenoEcho(leaf);
    const { port } = upstream;
    await using proxy = await startProxy({
      routes: [{ host: "origin.test", ports: [port], allow_private: true }],
      caPem: ca.cert_pem,
    });
    await using client = await WebSocketClient.open(proxy, `origin.test:${port}`, {
      perMessageDeflate,
    });
    await exchange(client);
  });
}
