import assert from "node:assert/strict";
import { testAuthority } from "../../support/egress/certificates.ts";
import { type Proxy, type ProxyOptions, startProxy } from "../../support/egress/proxy.ts";
import {
  answering,
  type Behaviour,
  type Recorder,
  startRecorder,
} from "../../support/egress/recorder.ts";
import {
  askWebSocket,
  CLIENT_ACCEPT,
  CLIENT_KEY,
  closing,
  echo,
  frame,
  switched,
  switching,
  takeFrame,
} from "../../support/egress/websocket.ts";

const { ca, issuer } = await testAuthority();
const leaf = await issuer.leafFor({ kind: "name", value: "origin.test" });
const DEFLATE = "Sec-WebSocket-Extensions: permessage-deflate\r\n";

async function withUpstream(
  behaviour: Behaviour,
  test: (proxy: Proxy, host: string, upstream: Recorder) => Promise<void>,
  options: Partial<ProxyOptions> = {},
): Promise<void> {
  await using upstream = startRecorder(leaf, behaviour);
  await using proxy = await startProxy({
    routes: [{ host: "origin.test", ports: [upstream.port], allow_private: true }],
    caPem: ca.cert_pem,
    ...options,
  });
  await test(proxy, `origin.test:${upstream.port}`, upstream);
  assert.deepEqual(proxy.log, []);
}

Deno.test("a WebSocket passes both ways, masked anew, and ends as one row", async () => {
  await withUpstream(switching(echo), async (proxy, host, upstream) => {
    const { wire, response } = await askWebSocket(proxy, host);
    assert.equal(response.status, 101);
    assert.equal(response.headers.get("sec-websocket-accept"), CLIENT_ACCEPT);
    await wire.write(frame(0x81, "hello", true));
    assert.deepEqual(await takeFrame(wire), { first: 0x81, isMasked: false, payload: "hello" });
    await wire.write(frame(0x88, closing(1000, "bye"), true));
    assert.deepEqual(await takeFrame(wire), {
      first: 0x88,
      isMasked: false,
      payload: closing(1000, "bye"),
    });
    assert.deepEqual(await wire.rest(), { text: "", isClean: true });
    assert.ok(!upstream.received.includes(CLIENT_KEY), "the client's key went out");
    assert.ok(
      !upstream.received.includes(frame(0x81, "hello", true)),
      "the client's mask went out",
    );
    await proxy.rowCount(1);
    assert.equal(proxy.rows.length, 1);
    const [row] = proxy.rows;
    assert.equal(row?.verdict, "allowed");
    assert.equal(row?.status, 101);
    assert.equal(row?.path, "/chat");
    assert.equal(row?.bytes_up, 10);
    assert.equal(row?.bytes_down, 10);
  });
});

Deno.test("a WebSocket's fragments, and control frames between them, pass in order", async () => {
  await withUpstream(switching(echo), async (proxy, host) => {
    const { wire } = await askWebSocket(proxy, host);
    const frames = [[0x01, "one "], [0x89, "ping"], [0x00, ""], [0x00, "two "], [
      0x80,
      "three",
    ]] as const;
    for (const [first, payload] of frames) await wire.write(frame(first, payload, true));
    const came = [];
    for (let count = 0; count < 4; count++) came.push(await takeFrame(wire));
    assert.deepEqual(came.map(({ first, payload }) => [first, payload]), [
      [0x01, "one "],
      [0x8a, "ping"],
      [0x00, "two "],
      [0x80, "three"],
    ]);
  });
});

Deno.test("a frame that comes byte by byte goes on as one", async () => {
  await withUpstream(switching(echo), async (proxy, host) => {
    const { wire } = await askWebSocket(proxy, host);
    for (const byte of frame(0x82, "x".repeat(300), true)) await wire.write(byte);
    const { first, payload } = await takeFrame(wire);
    assert.equal(first, 0x82);
    assert.equal(payload, "x".repeat(300));
  });
});

Deno.test("frames that come with the handshake are not lost", async () => {
  const eager: Behaviour = async (wire) => {
    const head = await wire.until("\r\n\r\n");
    await wire.write(switched(head) + frame(0x81, "early", false));
    await echo(wire);
  };
  await withUpstream(eager, async (proxy, host) => {
    const { wire } = await askWebSocket(proxy, host);
    assert.equal((await takeFrame(wire)).payload, "early");
    await wire.write(frame(0x81, "late", true));
    assert.equal((await takeFrame(wire)).payload, "late");
  });
});

Deno.test("an upstream that answers 200 is passed on, and another request may follow", async () => {
  await withUpstream(
    answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nno"),
    async (proxy, host) => {
      const { wire, response } = await askWebSocket(proxy, host);
      assert.equal(response.status, 200);
      assert.equal(response.body, "no");
      await wire.write(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
      assert.equal((await wire.response()).body, "no");
    },
  );
});

const refusedAnswers: readonly (readonly [name: string, answer: (head: string) => string])[] = [
  ["another accept", (head) => switched(head).replace(/Accept: ./, "Accept: 0")],
  [
    "the accept of the client's key",
    (head) => switched(head).replace(/Accept: .*\r/, `Accept: ${CLIENT_ACCEPT}\r`),
  ],
  ["no accept", (head) => switched(head).replace(/Sec.*\r\n/, "")],
  ["no upgrade", (head) => switched(head).replace(/Upgrade: .*\r\n/, "")],
  ["a connection that does not name it", (head) => switched(head).replace("upgrade", "x")],
  ["a protocol that nobody offered", (head) => switched(head, "Sec-WebSocket-Protocol: x\r\n")],
  ["an extension that nobody offered", (head) => switched(head, DEFLATE)],
];

for (const [name, answer] of refusedAnswers) {
  Deno.test(`a 101 with ${name} is no answer`, async () => {
    const behaviour: Behaviour = async (wire) => {
      await wire.write(answer(await wire.until("\r\n\r\n")));
      await wire.rest();
    };
    await withUpstream(behaviour, async (proxy, host) => {
      const { response } = await askWebSocket(proxy, host);
      assert.equal(response.status, 502);
      assert.equal(response.headers.get("x-bot-bottle-failure"), "upstream-protocol");
      await proxy.rowCount(1);
      assert.equal(proxy.rows[0]?.verdict, "failed");
    });
  });
}

Deno.test("a 101 that nobody asked for is no answer", async () => {
  const behaviour: Behaviour = async (wire) => {
    await wire.write(switched(await wire.until("\r\n\r\n")));
    await wire.rest();
  };
  await withUpstream(behaviour, async (proxy, host) => {
    const wire = await proxy.tunnel(host);
    await wire.write(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    assert.equal((await wire.response()).status, 502);
  });
});

const refusedRequests: readonly (readonly [name: string, change: (text: string) => string])[] = [
  ["a POST", (text) => text.replace("GET", "POST")],
  ["HTTP/1.0", (text) => text.replace("HTTP/1.1", "HTTP/1.0")],
  ["another protocol", (text) => text.replace("websocket", "h2c")],
  ["two protocols", (text) => text.replace("websocket", "websocket, h2c")],
  ["another version", (text) => text.replace("13", "8")],
  ["a short key", (text) => text.replace(CLIENT_KEY, "AAAA")],
  ["a body", (text) => text.replace("\r\n\r\n", "\r\nContent-Length: 1\r\n\r\nx")],
  [
    "a malformed extension",
    (text) => text.replace("\r\n\r\n", "\r\nSec-WebSocket-Extensions: a;;\r\n\r\n"),
  ],
];

for (const [name, change] of refusedRequests) {
  Deno.test(`an upgrade with ${name} is refused, and nothing goes out`, async () => {
    await withUpstream(switching(echo), async (proxy, host, upstream) => {
      const wire = await proxy.tunnel(host);
      await wire.write(change(
        `GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
          `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${CLIENT_KEY}\r\n\r\n`,
      ));
      const response = await wire.response();
      assert.equal(response.headers.get("x-bot-bottle-block"), "protocol");
      assert.equal(upstream.received, "");
    });
  });
}

Deno.test("a 101 goes on without a length and without what the proxy withholds", async () => {
  const fields =
    "Content-Length: 5\r\nAlt-Svc: h3\r\nX-Bot-Bottle-Block: no\r\nSet-Cookie: a=b\r\n";
  await withUpstream(switching(echo, fields), async (proxy, host) => {
    const { response } = await askWebSocket(proxy, host);
    assert.equal(response.status, 101);
    assert.deepEqual([...response.headers.keys()].sort(), [
      "connection",
      "sec-websocket-accept",
      "set-cookie",
      "upgrade",
    ]);
  });
});

Deno.test("a WebSocket over plain http is relayed the same way", async () => {
  await using upstream = startRecorder(undefined, switching(echo));
  await using proxy = await startProxy({
    routes: [{ host: "origin.test", ports: [upstream.port], allow_private: true }],
  });
  const host = `origin.test:${upstream.port}`;
  const wire = await proxy.plain();
  await wire.write(
    `GET http://${host}/ HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${CLIENT_KEY}\r\n\r\n`,
  );
  assert.equal((await wire.response()).status, 101);
  await wire.write(frame(0x81, "a", true));
  assert.equal((await takeFrame(wire)).payload, "a");
  await wire.write(frame(0x81, "b", false));
  assert.equal((await takeFrame(wire)).payload.slice(0, 2), closing(1002));
  assert.ok(!upstream.received.includes("\x01b"));
});

Deno.test("what a client offers goes out as the proxy understands it", async () => {
  await withUpstream(switching(echo), async (proxy, host, upstream) => {
    const { response } = await askWebSocket(
      proxy,
      host,
      "Sec-WebSocket-Extensions: x-secret; a=b, permessage-deflate;client_max_window_bits\r\n" +
        "Sec-WebSocket-Protocol: chat,v2\r\nSec-WebSocket-Other: out\r\nOrigin: https://a.test\r\n",
    );
    assert.equal(response.status, 101);
    assert.match(upstream.received, /^Origin: https:\/\/a\.test\r$/m);
    assert.match(upstream.received, /^Sec-WebSocket-Protocol: chat, v2\r$/m);
    assert.match(
      upstream.received,
      /^Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r$/m,
    );
    assert.ok(!/secret|Other/.test(upstream.received));
  });
});

interface Violation {
  readonly name: string;
  readonly bytes: string;
  readonly code: number;
}

const violations: readonly Violation[] = [
  { name: "a reserved bit", bytes: "\xa1\x00", code: 1002 },
  { name: "a reserved opcode", bytes: "\x83\x00", code: 1002 },
  { name: "compression that was not agreed on", bytes: "\xc1\x00", code: 1002 },
  { name: "a continuation of nothing", bytes: "\x80\x00", code: 1002 },
  { name: "a ping in parts", bytes: "\x09\x00", code: 1002 },
  { name: "a long length for a short frame", bytes: "\x82\x7e\x00\x01", code: 1002 },
  { name: "a close code that is never sent", bytes: frame(0x88, closing(1005), false), code: 1002 },
  {
    name: "a close reason that is no text",
    bytes: frame(0x88, closing(1000, "\xff"), false),
    code: 1007,
  },
  { name: "a message of 2 GiB", bytes: "\x82\x7f\0\0\0\0\x80\0\0\0", code: 1009 },
];

/** The same frame, said by a client: its head with a mask bit, a key of zeros behind it. */
function masked(bytes: string): string {
  const short = bytes.charCodeAt(1);
  const at = 2 + (short === 126 ? 2 : short === 127 ? 8 : 0);
  return bytes[0] + String.fromCharCode(short | 128) + bytes.slice(2, at) + "\0\0\0\0" +
    bytes.slice(at);
}

for (const { name, bytes, code } of violations) {
  Deno.test(`${name} of a client's ends the WebSocket on both sides`, async () => {
    const ends = Promise.withResolvers<string>();
    const upstreamSide = switching(async (wire) => ends.resolve((await takeFrame(wire)).payload));
    await withUpstream(upstreamSide, async (proxy, host) => {
      const { wire } = await askWebSocket(proxy, host);
      await wire.write(masked(bytes));
      const close = await takeFrame(wire);
      assert.equal(close.first, 0x88);
      assert.equal(close.payload.slice(0, 2), closing(code));
      assert.equal(await ends.promise, closing(1001));
      wire.close();
      await proxy.rowCount(1);
      const [row] = proxy.rows;
      assert.equal(row?.verdict, "blocked");
      assert.equal(row?.reason, code === 1009 ? "too-large" : "protocol");
      assert.deepEqual(row?.marks, ["sent-in-part"]);
    });
  });

  Deno.test(`${name} of an upstream's ends the WebSocket on both sides`, async () => {
    const ends = Promise.withResolvers<string>();
    const upstreamSide = switching(async (wire) => {
      await wire.write(bytes);
      ends.resolve((await takeFrame(wire)).payload);
    });
    await withUpstream(upstreamSide, async (proxy, host) => {
      const { wire } = await askWebSocket(proxy, host);
      assert.equal((await takeFrame(wire)).payload, closing(1011));
      assert.equal(await ends.promise, closing(code));
      wire.close();
      await proxy.rowCount(1);
      const [row] = proxy.rows;
      assert.equal(row?.verdict, "failed");
      assert.equal(row?.reason, "upstream-protocol");
    });
  });
}

Deno.test("a client's frame without a mask ends the WebSocket", async () => {
  await withUpstream(switching(echo), async (proxy, host, upstream) => {
    const { wire } = await askWebSocket(proxy, host);
    await wire.write(frame(0x81, "marker", false));
    assert.equal((await takeFrame(wire)).payload.slice(0, 2), closing(1002));
    assert.ok(!upstream.received.includes("marker"));
  });
});

Deno.test("nothing passes behind a close", async () => {
  const rest = Promise.withResolvers<string>();
  const upstreamSide = switching(async (wire) => {
    await takeFrame(wire);
    await wire.write(frame(0x88, closing(1000), false));
    rest.resolve((await wire.rest()).text);
  });
  await withUpstream(upstreamSide, async (proxy, host) => {
    const { wire } = await askWebSocket(proxy, host);
    await wire.write(frame(0x88, closing(1000), true) + frame(0x81, "more", true));
    assert.equal((await takeFrame(wire)).first, 0x88);
    assert.equal(await rest.promise, "");
  });
});

Deno.test("an upstream that breaks off in the middle of a message leaves the client cut", async () => {
  await withUpstream(
    switching((wire) => wire.write("\x82\x7e\x01\x00abc")),
    async (proxy, host) => {
      const { wire } = await askWebSocket(proxy, host);
      assert.equal((await wire.rest()).text, "");
      await proxy.rowCount(1);
      assert.equal(proxy.rows[0]?.reason, "upstream-closed");
    },
  );
});

Deno.test("a client that goes is told to the upstream by its connection's end", async () => {
  const gone = Promise.withResolvers<string>();
  const upstreamSide = switching(async (wire) => gone.resolve((await wire.rest()).text));
  await withUpstream(upstreamSide, async (proxy, host) => {
    const { wire } = await askWebSocket(proxy, host);
    wire.close();
    assert.equal(await gone.promise, "");
    await proxy.rowCount(1);
  });
});

Deno.test("a WebSocket in which nothing moves is closed on both sides", async () => {
  const ends = Promise.withResolvers<string>();
  const upstreamSide = switching(async (wire) => ends.resolve((await takeFrame(wire)).payload));
  await withUpstream(upstreamSide, async (proxy, host) => {
    const { wire } = await askWebSocket(proxy, host);
    assert.equal((await takeFrame(wire)).payload, closing(1001));
    assert.equal(await ends.promise, closing(1001));
    wire.close();
    await proxy.rowCount(1);
    assert.equal(proxy.rows[0]?.reason, "upstream-timeout");
  }, { limits: { silenceMs: 300 } });
});

Deno.test("a proxy that shuts down closes its WebSockets", async () => {
  await using upstream = startRecorder(leaf, switching(echo));
  const proxy = await startProxy({
    routes: [{ host: "origin.test", ports: [upstream.port], allow_private: true }],
    caPem: ca.cert_pem,
  });
  const { wire } = await askWebSocket(proxy, `origin.test:${upstream.port}`);
  const closed = proxy.engine.close();
  assert.equal((await takeFrame(wire)).payload, closing(1001));
  wire.close();
  await closed;
  assert.equal(proxy.rows[0]?.verdict, "allowed");
  await proxy[Symbol.asyncDispose]();
});

Deno.test("a WebSocket that a route does not let pass is refused like any request", async () => {
  await withUpstream(switching(echo), async (proxy, host, upstream) => {
    const wire = await proxy.tunnel(host);
    await wire.write(
      `GET /other HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${CLIENT_KEY}\r\n\r\n`,
    );
    assert.equal((await wire.response()).headers.get("x-bot-bottle-block"), "host-not-allowed");
    assert.equal(upstream.wires.length, 0);
  }, { routes: [] }).catch((error: unknown) => assert.match(String(error), /refused: 403/));
});
