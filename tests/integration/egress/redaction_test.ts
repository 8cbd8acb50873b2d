import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import zlib from "node:zlib";
import type { RouteAuth } from "../../../lib/egress/route/route.ts";
import { testAuthority } from "../../support/egress/certificates.ts";
import { type Proxy, startProxy } from "../../support/egress/proxy.ts";
import {
  type Behaviour,
  type Recorder,
  startRecorder,
  takeRequest,
} from "../../support/egress/recorder.ts";
import type { Wire, WireResponse } from "../../support/egress/wire.ts";

const TOKEN = "sk-real-marker-5f2a91c3/Zq+w";
const STARS = "*".repeat(TOKEN.length);
const authority = await testAuthority();
const leaf = await authority.issuer.leafFor({ kind: "name", value: "origin.test" });
const caPem = authority.ca.cert_pem;
const bearer: RouteAuth = { scheme: "bearer", token: "EGRESS_TOKEN_1" };

/** An upstream, the proxy, and a client in a tunnel through it. */
class Stage implements AsyncDisposable {
  readonly upstream: Recorder;
  readonly proxy: Proxy;
  readonly client: Wire;

  private constructor(upstream: Recorder, proxy: Proxy, client: Wire) {
    this.upstream = upstream;
    this.proxy = proxy;
    this.client = client;
  }

  static async set(behaviour: Behaviour, auth: RouteAuth | null = bearer): Promise<Stage> {
    const upstream = startRecorder(leaf, behaviour);
    const proxy = await startProxy({
      routes: [{
        host: "origin.test",
        ports: [upstream.port],
        allow_private: true,
        ...(auth && { auth }),
      }],
      tokens: { EGRESS_TOKEN_1: TOKEN },
      caPem,
    });
    const client = await proxy.tunnel(`origin.test:${upstream.port}`);
    return new Stage(upstream, proxy, client);
  }

  async send(method = "GET", fields = ""): Promise<void> {
    const host = `origin.test:${this.upstream.port}`;
    await this.client.write(`${method} /echo HTTP/1.1\r\nHost: ${host}\r\n${fields}\r\n`);
  }

  async ask(method = "GET", fields = ""): Promise<WireResponse> {
    await this.send(method, fields);
    return await this.client.response(method);
  }

  async marks(count = 1): Promise<readonly string[]> {
    await this.proxy.rowCount(count);
    return this.proxy.rows.at(-1)?.marks ?? [];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    assert.deepEqual(this.proxy.log, []);
    await this.proxy[Symbol.asyncDispose]();
    await this.upstream[Symbol.asyncDispose]();
  }
}

function respond(body: string | Uint8Array, fields = "", status = "200 OK"): Behaviour {
  const bytes = typeof body === "string" ? Buffer.from(body, "latin1") : body;
  return async (wire) => {
    for (;;) {
      await takeRequest(wire);
      await wire.write(
        `HTTP/1.1 ${status}\r\nContent-Length: ${bytes.length}\r\n${fields}\r\n`,
      );
      await wire.write(bytes);
    }
  };
}

const bytes = Buffer.from(TOKEN);
const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0"));
const spellings: readonly (readonly [what: string, text: string])[] = [
  ["plain", TOKEN],
  ["in a JSON string", JSON.stringify({ headers: { authorization: `Bearer ${TOKEN}` } })],
  ["in upper case", TOKEN.toUpperCase()],
  ["in base64", bytes.toString("base64")],
  ["in base64 behind one byte", Buffer.from(`x${TOKEN}`).toString("base64")],
  ["in base64 behind two bytes", Buffer.from(`xy${TOKEN}`).toString("base64")],
  ["in base64 for URLs", bytes.toString("base64url")],
  ["in base64 of the whole header", btoa(`Authorization: Bearer ${TOKEN}`)],
  ["in hexadecimal", hex.join("")],
  ["in hexadecimal with colons", hex.join(":").toUpperCase()],
  ["in a JSON list of bytes", JSON.stringify([...bytes])],
  ["percent-encoded", encodeURIComponent(TOKEN)],
  ["percent-encoded twice", encodeURIComponent(encodeURIComponent(TOKEN))],
  ["reversed", [...TOKEN].reverse().join("")],
  ["split", [...TOKEN].join("-")],
  ["in \\u escapes", hex.map((byte) => `\\u00${byte}`).join("")],
];
for (const [what, text] of spellings) {
  Deno.test(`a credential that comes back ${what} is overwritten, at its length`, async () => {
    await using stage = await Stage.set(respond(`<${text}>`));
    const response = await stage.ask();
    assert.ok(stage.upstream.received.includes(`Authorization: Bearer ${TOKEN}\r\n`));
    assert.equal(response.headers.get("content-length"), String(text.length + 2));
    assert.equal(response.body.length, text.length + 2);
    assert.notEqual(response.body, `<${text}>`);
    assert.ok(!leaks(response.body), response.body);
    assert.deepEqual(await stage.marks(), ["credential-returned"]);
  });
}

/** Whether eight letters of the credential, or of what it is in base64 or hexadecimal, stand together. */
function leaks(text: string): boolean {
  const letters = text.toLowerCase().replace(/[^0-9a-z]/g, "");
  return [
    TOKEN,
    bytes.toString("base64"),
    bytes.toString("hex"),
    bytes.join(""),
    [...TOKEN].reverse().join(""),
  ]
    .map((form) => form.toLowerCase().replace(/[^0-9a-z]/g, ""))
    .some((form) =>
      Array.from({ length: form.length - 8 }, (_, at) => form.slice(at, at + 8))
        .some((part) => letters.includes(part))
    );
}

Deno.test("a credential that comes back is overwritten wherever the stream is cut", async () => {
  let cut = 0;
  await using stage = await Stage.set(async (wire) => {
    for (;;) {
      await takeRequest(wire);
      const parts = [`<${TOKEN}`.slice(0, cut), `<${TOKEN}`.slice(cut), ">"];
      await wire.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
      for (const part of parts.filter((part) => part !== "")) {
        await wire.write(`${part.length.toString(16)}\r\n${part}\r\n`);
      }
      await wire.write("0\r\n\r\n");
    }
  });
  for (; cut <= TOKEN.length; cut++) {
    const { body } = await stage.ask();
    assert.match(body, /^<(?:s(?:k(?:-r?)?)?)?\*+>$/, `cut at ${cut}`);
    assert.equal(body.length, TOKEN.length + 2);
  }
});

Deno.test("a credential that comes back in a head, an interim one or trailers is overwritten", async () => {
  await using stage = await Stage.set(async (wire) => {
    await takeRequest(wire);
    await wire.write(`HTTP/1.1 103 Early Hints\r\nLink: </${TOKEN}>\r\n\r\n`);
    await wire.write(
      `HTTP/1.1 200 Hello ${TOKEN}\r\nTransfer-Encoding: chunked\r\n` +
        `Location: /?t=${encodeURIComponent(TOKEN)}\r\nSet-Cookie: t=${btoa(TOKEN)}; Path=/\r\n` +
        `WWW-Authenticate: Bearer error="${TOKEN}"\r\nX-Plain: ok\r\n\r\n` +
        `2\r\nok\r\n0\r\nX-Trail: ${TOKEN}\r\n\r\n`,
    );
  });
  await stage.send();
  const interim = await stage.client.until("\r\n\r\n");
  assert.equal(interim, `HTTP/1.1 103 Early Hints\r\nLink: </${STARS}>\r\n\r\n`);
  const head = await stage.client.until("\r\n\r\n");
  assert.ok(head.startsWith(`HTTP/1.1 200 Hello ${STARS}\r\n`), head);
  assert.match(head, /Location: \/\?t=\*+\r\n/);
  assert.match(head, /Set-Cookie: t=\*+=*; Path=\/\r\n/);
  assert.ok(head.includes(`WWW-Authenticate: Bearer error="${STARS}"\r\n`));
  assert.ok(head.includes("X-Plain: ok\r\n"));
  assert.equal(
    await stage.client.until("\r\n\r\n"),
    `2\r\nok\r\n0\r\nX-Trail: ${STARS}\r\n\r\n`,
  );
  assert.deepEqual(await stage.marks(), ["credential-returned"]);
});

Deno.test("a credential that Basic carries is overwritten in the way it was sent", async () => {
  const auth = { scheme: "basic", username: "x-access-token", token: "EGRESS_TOKEN_1" } as const;
  const sent = btoa(`x-access-token:${TOKEN}`);
  await using stage = await Stage.set(respond(`got Basic ${sent} and ${TOKEN}`), auth);
  const { body } = await stage.ask();
  assert.ok(stage.upstream.received.includes(`Authorization: Basic ${sent}\r\n`));
  assert.match(body, /^got Basic \*+=* and \*+$/);
});

const codings: readonly (readonly [name: string, encode: (data: Uint8Array) => Uint8Array])[] = [
  ["gzip", zlib.gzipSync],
  ["x-gzip", zlib.gzipSync],
  ["deflate", zlib.deflateSync],
  ["Deflate", zlib.deflateRawSync],
  ["br", zlib.brotliCompressSync],
  ["zstd", zlib.zstdCompressSync],
  ["gzip, br", (data) => zlib.brotliCompressSync(zlib.gzipSync(data))],
];
for (const [name, encode] of codings) {
  Deno.test(`a response in ${name} goes on without it, and without the credential`, async () => {
    const text = `${"filler ".repeat(3000)}${TOKEN}${" filler".repeat(3000)}`;
    const fields = `Content-Encoding: ${name}\r\nETag: "v1"\r\nContent-MD5: x\r\nDigest: x\r\n` +
      "Repr-Digest: x\r\nContent-Digest: x\r\nAccept-Ranges: bytes\r\nVary: Accept-Encoding\r\n";
    await using stage = await Stage.set(respond(encode(Buffer.from(text)), fields));
    const accepts = "Accept-Encoding: gzip, dcb, br;q=0.9, *\r\n";
    const response = await stage.ask("GET", accepts);
    assert.ok(stage.upstream.received.includes("Accept-Encoding: gzip, br;q=0.9\r\n"));
    assert.equal(response.body, text.replace(TOKEN, STARS));
    assert.deepEqual([...response.headers].sort(), [
      ["etag", 'W/"v1"'],
      ["transfer-encoding", "chunked"],
      ["vary", "Accept-Encoding"],
    ]);
    // The connection serves another request.
    assert.equal((await stage.ask("GET", accepts)).body, text.replace(TOKEN, STARS));
  });
}

Deno.test("an event in gzip passes before the next one is sent", async () => {
  const gzip = zlib.createGzip();
  const { promise: seen, resolve: onSeen } = Promise.withResolvers<void>();
  await using stage = await Stage.set(async (wire) => {
    await takeRequest(wire);
    const flushed = async (text: string): Promise<string> => {
      const parts: Buffer[] = [];
      const take = (part: Buffer): void => void parts.push(part);
      gzip.on("data", take);
      const { promise, resolve } = Promise.withResolvers<void>();
      gzip.write(text, () => gzip.flush(resolve));
      await promise;
      gzip.off("data", take);
      const all = Buffer.concat(parts).toString("latin1");
      return `${all.length.toString(16)}\r\n${all}\r\n`;
    };
    await wire.write(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: text/event-stream\r\n" +
        `Content-Encoding: gzip\r\n\r\n${await flushed(`data: 1 ${TOKEN} sk-real\n\n`)}`,
    );
    await seen;
    await wire.write(await flushed("data: 2\n\n"));
    await wire.rest();
  });
  await stage.send("GET", "Accept-Encoding: gzip\r\n");
  await stage.client.until("\r\n\r\n");
  assert.equal(
    await stage.client.until("\n\n"),
    `${(19 + STARS.length - 1).toString(16)}\r\ndata: 1 ${STARS} sk-real\n\n`,
  );
  onSeen();
  assert.match(await stage.client.until("\n\n"), /data: 2\n\n$/);
  gzip.destroy();
});

Deno.test("an event that ends as a credential begins passes before the next one is sent", async () => {
  const { promise: seen, resolve: onSeen } = Promise.withResolvers<void>();
  await using stage = await Stage.set(async (wire) => {
    await takeRequest(wire);
    const event = `data: ${TOKEN.slice(0, 12)}\n\n`;
    await wire.write(`HTTP/1.1 200 OK\r\nContent-Length: ${2 * event.length}\r\n\r\n${event}`);
    await seen;
    await wire.write(event);
    await wire.rest();
  });
  await stage.send();
  await stage.client.until("\r\n\r\n");
  assert.equal(await stage.client.until("\n\n"), `data: ${TOKEN.slice(0, 12)}\n\n`);
  onSeen();
  assert.equal(await stage.client.until("\n\n"), `data: ${TOKEN.slice(0, 12)}\n\n`);
});

const unreadable: readonly (readonly [what: string, status: string, fields: string])[] = [
  ["in an unknown coding", "200 OK", "Content-Encoding: compress\r\n"],
  ["in a coding that needs a dictionary", "200 OK", "Content-Encoding: dcb\r\n"],
  ["with an unknown coding among known ones", "200 OK", "Content-Encoding: gzip, x\r\n"],
  ["nested too deep", "200 OK", "Content-Encoding: br, br, br, br\r\n"],
  ["that is a part of something coded", "206 Partial Content", "Content-Encoding: gzip\r\n"],
];
for (const [what, status, fields] of unreadable) {
  Deno.test(`a response ${what} is withheld, and the answer says why`, async () => {
    await using stage = await Stage.set(respond(`secret: ${TOKEN}`, fields, status));
    const response = await stage.ask("GET", "Range: bytes=0-9\r\nAccept-Encoding: gzip\r\n");
    assert.ok(stage.upstream.received.includes("Accept-Encoding: identity\r\n"));
    assert.equal(response.status, 502);
    assert.equal(response.headers.get("x-bot-bottle-failure"), "upstream-unreadable");
    assert.match(response.body, /can't be looked through/);
    await stage.proxy.rowCount(1);
    const [row] = stage.proxy.rows;
    assert.deepEqual([row?.verdict, row?.reason], ["failed", "upstream-unreadable"]);
  });
}

for (
  const [what, body] of [
    ["that is none", Buffer.from(`not gzip ${TOKEN}`)],
    ["that is cut", zlib.gzipSync(Buffer.from(`x ${TOKEN}`)).subarray(0, -4)],
  ] as const
) {
  Deno.test(`a response in a coding ${what} is a cut stream for the client`, async () => {
    await using stage = await Stage.set(respond(body, "Content-Encoding: gzip\r\n"));
    await stage.send();
    const { text } = await stage.client.rest();
    assert.ok(!text.endsWith("0\r\n\r\n"));
    assert.ok(!text.includes(TOKEN));
    await stage.proxy.rowCount(1);
    assert.equal(stage.proxy.rows[0]?.reason, "upstream-protocol");
  });
}

Deno.test("heads that no body follows keep what they say of one, but for the credential", async () => {
  const fields = `Content-Encoding: zz\r\nContent-Length: 12\r\nETag: "${TOKEN}"\r\n\r\n`;
  await using stage = await Stage.set(async (wire) => {
    for (const status of ["200 OK", "304 Not Modified"]) {
      await takeRequest(wire);
      await wire.write(`HTTP/1.1 ${status}\r\n${fields}`);
    }
    await wire.rest();
  });
  for (const method of ["HEAD", "GET"]) {
    const response = await stage.ask(method);
    assert.equal(response.headers.get("content-encoding"), "zz");
    assert.equal(response.headers.get("content-length"), "12");
    assert.equal(response.headers.get("etag"), `"${STARS}"`);
  }
});

Deno.test("a part of something that is not coded passes, at its length", async () => {
  const fields = 'Content-Range: bytes 0-3/100\r\nETag: "v1"\r\n';
  await using stage = await Stage.set(respond("abcd", fields, "206 Partial Content"));
  const response = await stage.ask("GET", "Range: bytes=0-3\r\n");
  assert.equal(response.status, 206);
  assert.equal(response.headers.get("content-length"), "4");
  assert.equal(response.headers.get("etag"), '"v1"');
  assert.equal(response.body, "abcd");
});

Deno.test("where no credential is put on, a response passes to the byte, whatever it holds", async () => {
  const coded = zlib.gzipSync(Buffer.from(TOKEN));
  await using stage = await Stage.set(async (wire) => {
    await takeRequest(wire);
    await wire.write(
      `HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${coded.length}\r\nETag: "a"\r\n\r\n`,
    );
    await wire.write(coded);
    await takeRequest(wire);
    await wire.write(
      `HTTP/1.1 200 OK\r\nContent-Encoding: zz\r\nContent-Length: ${TOKEN.length}\r\n\r\n${TOKEN}`,
    );
    await wire.rest();
  }, null);
  const first = await stage.ask("GET", "Accept-Encoding: dcb\r\n");
  assert.ok(stage.upstream.received.includes("Accept-Encoding: dcb\r\n"));
  assert.equal(first.body, coded.toString("latin1"));
  assert.equal(first.headers.get("content-encoding"), "gzip");
  assert.equal(first.headers.get("etag"), '"a"');
  assert.equal((await stage.ask()).body, TOKEN);
});

const fields: readonly (readonly [what: string, value: string, shown: string])[] = [
  ["behind a scheme", "Bot s3cr3t-value-12345678", '{"token":"s3cr3t-value-12345678"}'],
  ["a cookie's", "a=1; session=s3cr3t-value-12345678", '{"session":"s3cr3t-value-12345678"}'],
  ["in Basic", `Basic ${btoa("me:s3cr3t-value-12345678")}`, '{"password":"s3cr3t-value-12345678"}'],
];
for (const [what, value, shown] of fields) {
  Deno.test(`a credential ${what}, put on as a whole field, is overwritten where it comes back alone`, async () => {
    await using upstream = startRecorder(leaf, respond(shown));
    const auth: RouteAuth = { scheme: "header", header: "x-field", token: "EGRESS_TOKEN_1" };
    await using proxy = await startProxy({
      routes: [{ host: "origin.test", ports: [upstream.port], allow_private: true, auth }],
      tokens: { EGRESS_TOKEN_1: value },
      caPem,
    });
    const host = `origin.test:${upstream.port}`;
    const client = await proxy.tunnel(host);
    await client.write(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    const { body } = await client.response();
    assert.ok(upstream.received.includes(`x-field: ${value}\r\n`));
    assert.equal(body.length, shown.length);
    assert.ok(!body.includes("s3cr3t"), body);
  });
}

Deno.test("a credential that was sent by https is overwritten in what plain http shows of it", async () => {
  await using upstream = startRecorder(undefined, respond(`last seen: Bearer ${TOKEN}`));
  await using proxy = await startProxy({
    routes: [{ host: "origin.test", ports: [upstream.port], allow_private: true, auth: bearer }],
    tokens: { EGRESS_TOKEN_1: TOKEN },
  });
  const client = await proxy.plain();
  const host = `origin.test:${upstream.port}`;
  await client.write(`GET http://${host}/ HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  assert.equal((await client.response()).body, `last seen: Bearer ${STARS}`);
  assert.ok(!upstream.received.includes(TOKEN));
});
