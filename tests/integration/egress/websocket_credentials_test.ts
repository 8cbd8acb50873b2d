import assert from "node:assert/strict";
import { makePlaceholder, parseSlug } from "../../../lib/names.ts";
import { testAuthority } from "../../support/egress/certificates.ts";
import { type ProxyOptions, startProxy, type TestRoute } from "../../support/egress/proxy.ts";
import { type Behaviour, startRecorder } from "../../support/egress/recorder.ts";
import {
  askWebSocket,
  closing,
  echo,
  frame,
  switching,
  takeFrame,
} from "../../support/egress/websocket.ts";
import { startEcho, WebSocketClient } from "../../support/egress/websocket_peers.ts";
import type { Proxy } from "../../support/egress/proxy.ts";
import type { Recorder } from "../../support/egress/recorder.ts";

const TOKEN = "sk-real-marker-5f2a91c3e8d7";
const STARS = "*".repeat(TOKEN.length);
const { ca, issuer } = await testAuthority();
const leaf = await issuer.leafFor({ kind: "name", value: "origin.test" });
const PLACEHOLDER = makePlaceholder(
  "sk-",
  parseSlug("demo-ab12c"),
  (length) => crypto.getRandomValues(new Uint8Array(length)),
);

const credentialed: Omit<TestRoute, "host" | "ports" | "allow_private"> = {
  auth: { scheme: "bearer", token: "EGRESS_TOKEN_1" },
};

async function withUpstream(
  route: typeof credentialed,
  behaviour: Behaviour,
  test: (proxy: Proxy, host: string, upstream: Recorder) => Promise<void>,
): Promise<void> {
  await using upstream = startRecorder(leaf, behaviour);
  await using proxy = await startProxy(options(upstream.port, route));
  await test(proxy, `origin.test:${upstream.port}`, upstream);
  assert.deepEqual(proxy.log, []);
}

function options(port: number, route: typeof credentialed): ProxyOptions {
  return {
    routes: [{ host: "origin.test", ports: [port], allow_private: true, ...route }],
    tokens: { EGRESS_TOKEN_1: TOKEN },
    placeholders: [{ value: PLACEHOLDER, token: "EGRESS_TOKEN_1" }],
    caPem: ca.cert_pem,
  };
}

Deno.test("a credential goes on a WebSocket's request, and comes back in no message", async () => {
  const behaviour = switching(async (wire) => {
    await wire.write(frame(0x81, `you are ${TOKEN}`, false));
    await wire.write(frame(0x01, `you are ${TOKEN.slice(0, 9)}`, false));
    await wire.write(frame(0x8a, "", false));
    await wire.write(frame(0x80, `${TOKEN.slice(9)}, I think`, false));
    await wire.write(frame(0x89, TOKEN, false));
    await wire.write(frame(0x88, closing(1000, TOKEN), false));
    await wire.rest();
  }, `X-You-Are: ${TOKEN}\r\n`);
  await withUpstream(credentialed, behaviour, async (proxy, host, upstream) => {
    const { wire, response } = await askWebSocket(
      proxy,
      host,
      "Authorization: Bearer an-attackers-own\r\n" +
        "Sec-WebSocket-Protocol: chat, openai-insecure-api-key.an-attackers-own\r\n",
    );
    assert.equal(response.headers.get("x-you-are"), STARS);
    assert.match(upstream.received, new RegExp(`^Authorization: Bearer ${TOKEN}\r$`, "im"));
    assert.match(upstream.received, /^Sec-WebSocket-Protocol: chat\r$/m);
    assert.ok(!upstream.received.includes("attackers"));
    assert.equal((await takeFrame(wire)).payload, `you are ${STARS}`);
    let text = "";
    for (let first = 0; (first & 0x8f) !== 0x80;) {
      const taken = await takeFrame(wire);
      first = taken.first;
      text += taken.payload;
    }
    assert.equal(text, `you are ${STARS}, I think`);
    assert.equal((await takeFrame(wire)).payload, STARS);
    assert.equal((await takeFrame(wire)).payload, closing(1000, STARS));
    await wire.write(frame(0x88, closing(1000), true));
    wire.close();
    await proxy.rowCount(1);
    const [row] = proxy.rows;
    assert.equal(row?.credential, "bearer");
    assert.ok(row?.marks?.includes("foreign-credential"));
  });
});

for (const serverNoContextTakeover of [false, true]) {
  const how = serverNoContextTakeover ? "without" : "with";
  Deno.test(`a credential comes back in no compressed message, ${how} context takeover`, async () => {
    await using upstream = await startEcho(leaf, {
      serverNoContextTakeover,
      clientNoContextTakeover: serverNoContextTakeover,
    });
    const { port } = upstream;
    await using proxy = await startProxy(options(port, credentialed));
    await using client = await WebSocketClient.open(proxy, `origin.test:${port}`, {
      perMessageDeflate: true,
    });
    for (let count = 0; count < 20; count++) {
      client.socket.send(`${count} ${TOKEN} ${"and more of the same ".repeat(count)}`);
      assert.equal(
        await client.message(),
        `${count} ${STARS} ${"and more of the same ".repeat(count)}`,
      );
    }
    const encoded = btoa(`x${TOKEN}`);
    client.socket.send(`{"echo":"${encoded}"}`);
    assert.ok(!(await client.message()).includes(encoded.slice(4, -4)));
  });
}

Deno.test("a credential that comes a letter a message comes to its fifteenth letter", async () => {
  const behaviour = switching(async (wire) => {
    for (const character of TOKEN) await wire.write(frame(0x81, character, false));
    await wire.rest();
  });
  await withUpstream(credentialed, behaviour, async (proxy, host) => {
    const { wire } = await askWebSocket(proxy, host);
    let text = "";
    while (text.length < TOKEN.length) text += (await takeFrame(wire)).payload;
    const [shown = ""] = /^[^*]*/.exec(text) ?? [];
    assert.equal(shown, TOKEN.slice(0, shown.length));
    assert.ok(shown.replaceAll("-", "").length <= 15, text);
  });
});

const placements: readonly (readonly [name: string, frames: readonly [number, string][]])[] = [
  ["a text", [[0x81, `a ${PLACEHOLDER} b`]]],
  ["a binary message", [[0x82, `a ${PLACEHOLDER} b`]]],
  ["two fragments", [[0x01, PLACEHOLDER.slice(0, 20)], [0x80, PLACEHOLDER.slice(20)]]],
  ["two fragments and a ping between", [
    [0x01, PLACEHOLDER.slice(0, 20)],
    [0x89, "?"],
    [0x80, PLACEHOLDER.slice(20)],
  ]],
  ["two messages", [[0x81, PLACEHOLDER.slice(0, 12)], [0x81, PLACEHOLDER.slice(12)]]],
  ["a ping", [[0x89, PLACEHOLDER]]],
  ["a close's reason", [[0x88, closing(1000, PLACEHOLDER)]]],
];

for (const [name, frames] of placements) {
  Deno.test(`a placeholder in ${name} closes the WebSocket`, async () => {
    await withUpstream({}, switching(echo), async (proxy, host, upstream) => {
      const { wire } = await askWebSocket(proxy, host);
      for (const [first, payload] of frames) await wire.write(frame(first, payload, true));
      for (;;) {
        const { first, payload } = await takeFrame(wire);
        if (first !== 0x88) continue;
        assert.equal(payload, closing(1008, "Blocked: placeholder"));
        break;
      }
      wire.close();
      await proxy.rowCount(1);
      const [row] = proxy.rows;
      assert.equal(row?.verdict, "blocked");
      assert.equal(row?.reason, "placeholder");
      assert.ok(upstream.wires.length === 1);
    });
  });
}

Deno.test("a placeholder in a message to the provider's own hosts goes out as stars", async () => {
  await withUpstream({ ...credentialed, provider: true }, switching(echo), async (proxy, host) => {
    const { wire } = await askWebSocket(proxy, host);
    await wire.write(frame(0x81, `{"env":"${PLACEHOLDER}"}`, true));
    const { payload } = await takeFrame(wire);
    assert.equal(payload, `{"env":"${"*".repeat(PLACEHOLDER.length)}"}`);
    await wire.write(frame(0x88, closing(1000), true));
    await takeFrame(wire);
    wire.close();
    await proxy.rowCount(1);
    assert.ok(proxy.rows[0]?.marks?.includes("misplaced-placeholder"));
  });
});

Deno.test("the agent's own credential passes in a subprotocol where the route says so", async () => {
  await withUpstream(
    { auth: { scheme: "agent" } },
    switching(echo),
    async (proxy, host, upstream) => {
      await askWebSocket(proxy, host, "Sec-WebSocket-Protocol: token, mine-0123456789\r\n");
      assert.match(upstream.received, /^Sec-WebSocket-Protocol: token, mine-0123456789\r$/m);
    },
  );
});
