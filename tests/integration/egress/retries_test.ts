import assert from "node:assert/strict";
import { type Proxy, startProxy } from "../../support/egress/proxy.ts";
import {
  type Behaviour,
  type Recorder,
  startRecorder,
  takeRequest,
} from "../../support/egress/recorder.ts";
import { eventually, type Wire, type WireResponse } from "../../support/egress/wire.ts";

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

function start({ port }: Recorder): Promise<Proxy> {
  return startProxy({ routes: [{ host: "origin.test", ports: [port], allow_private: true }] });
}

/** Sends one request on a client's connection. */
async function ask(client: Wire, { port }: Recorder, method: string, body = ""): Promise<void> {
  const host = `origin.test:${port}`;
  const length = body === "" ? "" : `Content-Length: ${body.length}\r\n`;
  await client.write(`${method} http://${host}/ HTTP/1.1\r\nHost: ${host}\r\n${length}\r\n${body}`);
}

/** Answers the first request of each connection, and hangs up on the second once it has come. */
function hangingUpOnTheSecond(answer = OK, beforeHangUp = ""): Behaviour {
  return async (wire) => {
    await takeRequest(wire);
    await wire.write(answer);
    await takeRequest(wire);
    await wire.write(beforeHangUp);
  };
}

interface Case {
  readonly name: string;
  readonly method: string;
  readonly body?: string;
  /** What the upstream says to the second request before it hangs up. */
  readonly before?: string;
  readonly isRepeated: boolean;
}

const cases: readonly Case[] = [
  { name: "GET", method: "GET", isRepeated: true },
  { name: "HEAD", method: "HEAD", isRepeated: true },
  { name: "PUT without a body", method: "PUT", isRepeated: true },
  { name: "DELETE", method: "DELETE", isRepeated: true },
  { name: "PUT with a body", method: "PUT", body: "body", isRepeated: false },
  { name: "POST", method: "POST", body: "body", isRepeated: false },
  { name: "POST without a body", method: "POST", isRepeated: false },
  { name: "PATCH", method: "PATCH", body: "body", isRepeated: false },
  {
    name: "GET that was half answered",
    method: "GET",
    before: "HTTP/1.1 200 OK\r\nContent-",
    isRepeated: false,
  },
];
for (const { name, method, body = "", before = "", isRepeated } of cases) {
  Deno.test(`a ${name} on a connection that was given up is ${isRepeated ? "" : "not "}sent again`, async () => {
    await using upstream = startRecorder(undefined, hangingUpOnTheSecond(OK, before));
    await using proxy = await start(upstream);
    const client = await proxy.plain();
    await ask(client, upstream, "GET");
    assert.equal((await client.response()).status, 200);
    await ask(client, upstream, method, body);
    const response = await client.response(method);
    assert.equal(response.status, isRepeated ? 200 : 502);
    assert.equal(upstream.wires.length, isRepeated ? 2 : 1);
    const sent = upstream.received.split(`${method} / HTTP/1.1`).length - 1;
    const first = method === "GET" ? 1 : 0;
    assert.equal(sent - first, isRepeated ? 2 : 1);
    await proxy.rowCount(2);
    assert.deepEqual(proxy.rows[1]?.marks, isRepeated ? ["sent-again"] : undefined);
  });
}

Deno.test("a GET on a new connection is never sent again", async () => {
  await using upstream = startRecorder(undefined, async (wire) => void await takeRequest(wire));
  await using proxy = await start(upstream);
  const client = await proxy.plain();
  await ask(client, upstream, "GET");
  const response = await client.response();
  assert.deepEqual([response.status, response.headers.get("x-bot-bottle-failure")], [
    502,
    "upstream-closed",
  ]);
  assert.equal(upstream.wires.length, 1);
});

Deno.test("a GET is sent again once, and on a new connection", async () => {
  let number = 0;
  await using upstream = startRecorder(undefined, async (wire) => {
    const isFirst = number++ < 2;
    await takeRequest(wire);
    if (isFirst) await wire.write(OK);
    if (isFirst) await takeRequest(wire);
  });
  await using proxy = await start(upstream);
  const clients = await Promise.all([proxy.plain(), proxy.plain()]);
  for (const client of clients) await ask(client, upstream, "GET");
  for (const client of clients) assert.equal((await client.response()).status, 200);
  const [client] = clients;
  assert.ok(client);
  await ask(client, upstream, "GET");
  assert.equal((await client.response()).status, 502);
  assert.equal(upstream.wires.length, 3);
});

/** Two requests, one after the other, of an upstream that says something of its patience. */
async function askTwice(keepAlive: string): Promise<{ connections: number }> {
  const answer = `HTTP/1.1 200 OK\r\n${keepAlive}\r\nContent-Length: 2\r\n\r\nok`;
  await using upstream = startRecorder(undefined, async (wire) => {
    for (;;) {
      await takeRequest(wire);
      await wire.write(answer);
    }
  });
  await using proxy = await start(upstream);
  const client = await proxy.plain();
  let response: WireResponse | undefined;
  for (let number = 0; number < 2; number++) {
    await ask(client, upstream, "GET");
    response = await client.response();
    assert.equal(response.status, 200);
  }
  assert.equal(response?.headers.has("keep-alive"), false);
  return { connections: upstream.wires.length };
}

Deno.test("a connection is used again for as long as its upstream says that it waits", async () => {
  assert.deepEqual(await askTwice("Keep-Alive: timeout=60, max=10"), { connections: 1 });
  assert.deepEqual(await askTwice("Keep-Alive: timeout=1"), { connections: 2 });
  assert.deepEqual(await askTwice("Keep-Alive: timeout=60, max=0"), { connections: 2 });
  assert.deepEqual(await askTwice("Connection: close"), { connections: 2 });
});

Deno.test("a connection whose upstream speaks unasked is not used again", async () => {
  let number = 0;
  await using upstream = startRecorder(undefined, async (wire) => {
    await takeRequest(wire);
    await wire.write(OK);
    if (number++ === 0) await wire.write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
    await wire.rest();
  });
  await using proxy = await start(upstream);
  const client = await proxy.plain();
  for (let tries = 0; tries < 2; tries++) {
    await ask(client, upstream, "GET");
    assert.equal((await client.response()).body, "ok");
    await eventually(() => proxy.rows.length > tries);
  }
  assert.equal(upstream.wires.length, 2);
});

Deno.test("100-continue goes upstream, its answer comes back before the body is sent", async () => {
  await using upstream = startRecorder(undefined, async (wire) => {
    const head = await wire.until("\r\n\r\n");
    assert.match(head, /^expect: 100-continue\r$/im);
    assert.equal(wire.received.endsWith("\r\n\r\n"), true);
    await wire.write("HTTP/1.1 100 Continue\r\n\r\n");
    await wire.exactly(4);
    await wire.write(OK);
  });
  await using proxy = await start(upstream);
  const client = await proxy.plain();
  const host = `origin.test:${upstream.port}`;
  await client.write(
    `POST http://${host}/ HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n`,
  );
  assert.equal((await client.response()).status, 100);
  await client.write("body");
  assert.deepEqual((await client.response()).body, "ok");
});
