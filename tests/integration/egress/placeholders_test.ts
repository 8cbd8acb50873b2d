import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import zlib from "node:zlib";
import { makePlaceholder, parseSlug } from "../../../lib/names.ts";
import { testAuthority } from "../../support/egress/certificates.ts";
import { type Proxy, startProxy } from "../../support/egress/proxy.ts";
import { type Recorder, startRecorder } from "../../support/egress/recorder.ts";
import type { WireResponse } from "../../support/egress/wire.ts";

const random = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length));
const TOKEN = "sk-real-marker-5f2a91c3";
const OTHER_TOKEN = "sk-other-marker-77aa81";
const PLACEHOLDER = makePlaceholder("sk-ant-oat01-", parseSlug("demo-ab12c"), random);
const WRITTEN = makePlaceholder("", parseSlug("demo-ab12c"), random);
const FOREIGN = makePlaceholder("sk-ant-oat01-", parseSlug("other-zz9zz"), random);
/** Of this bottle too, as far as its name says, but none that it has. */
const OLD = makePlaceholder("sk-ant-oat01-", parseSlug("demo-ab12c"), random);
const BEARER = `Authorization: Bearer ${PLACEHOLDER}\r\n`;
const authority = await testAuthority();
const hosts = ["provider.test", "own.test", "other.test", "agent.test", "plain.test"] as const;
type HostName = typeof hosts[number];

/** One upstream of all hosts: the provider's own, one with its credential, one with another, one for the agent's own, one with none. */
class Stage implements AsyncDisposable {
  readonly upstreams: ReadonlyMap<string, Recorder>;
  readonly proxy: Proxy;

  private constructor(upstreams: ReadonlyMap<string, Recorder>, proxy: Proxy) {
    this.upstreams = upstreams;
    this.proxy = proxy;
  }

  static async set(): Promise<Stage> {
    const upstreams = new Map<string, Recorder>();
    for (const value of hosts) {
      upstreams.set(value, startRecorder(await authority.issuer.leafFor({ kind: "name", value })));
    }
    const base = (host: HostName): { host: string; ports: number[]; allow_private: true } => ({
      host,
      ports: [upstreams.get(host)?.port ?? 0],
      allow_private: true,
    });
    const own = { scheme: "bearer", token: "EGRESS_TOKEN_1" } as const;
    const proxy = await startProxy({
      routes: [
        { ...base("provider.test"), auth: own, provider: true },
        { ...base("own.test"), auth: own },
        {
          ...base("other.test"),
          auth: { scheme: "header", header: "x-key", token: "EGRESS_TOKEN_2" },
        },
        { ...base("agent.test"), auth: { scheme: "agent" } },
        base("plain.test"),
      ],
      tokens: { EGRESS_TOKEN_1: TOKEN, EGRESS_TOKEN_2: OTHER_TOKEN },
      placeholders: [
        { value: PLACEHOLDER, token: "EGRESS_TOKEN_1" },
        { value: WRITTEN, token: null },
      ],
      caPem: authority.ca.cert_pem,
    });
    return new Stage(upstreams, proxy);
  }

  received(host: HostName): string {
    return this.upstreams.get(host)?.received ?? "";
  }

  async ask(
    host: HostName,
    fields: string,
    body: string | Uint8Array = "",
    path = "/v1",
  ): Promise<WireResponse> {
    const name = `${host}:${this.upstreams.get(host)?.port}`;
    const client = await this.proxy.tunnel(name);
    const length = body.length === 0 ? "" : `Content-Length: ${body.length}\r\n`;
    const method = body.length === 0 ? "GET" : "POST";
    await client.write(`${method} ${path} HTTP/1.1\r\nHost: ${name}\r\n${fields}${length}\r\n`);
    await client.write(body);
    return await client.response(method);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    assert.deepEqual(this.proxy.log, []);
    await this.proxy[Symbol.asyncDispose]();
    for (const upstream of this.upstreams.values()) await upstream[Symbol.asyncDispose]();
  }
}

Deno.test("a placeholder in its place is swapped, on the provider's host as on another with its credential", async () => {
  await using stage = await Stage.set();
  const basic = btoa(`me:${PLACEHOLDER}`);
  for (const host of ["provider.test", "own.test"] as const) {
    for (
      const value of [`Bearer ${PLACEHOLDER}`, PLACEHOLDER, `Basic ${basic}`, `Bearer ${WRITTEN}`]
    ) {
      const response = await stage.ask(host, `Authorization: ${value}\r\n`, "hello");
      assert.equal(response.status, 200, `${host}: ${value}`);
    }
    assert.equal(stage.received(host).split(`Authorization: Bearer ${TOKEN}\r\n`).length, 5);
    assert.ok(!stage.received(host).includes("bot-bottle-"));
  }
  assert.equal((await stage.ask("other.test", `X_Key: ${WRITTEN}\r\n`)).status, 200);
  assert.ok(stage.received("other.test").includes(`x-key: ${OTHER_TOKEN}\r\n`));
  await stage.proxy.rowCount(9);
  for (const row of stage.proxy.rows) assert.equal(row.marks, undefined);
});

interface Place {
  readonly what: string;
  readonly fields?: string;
  readonly body?: string;
  readonly path?: string;
}

function places(value: string): readonly Place[] {
  return [
    { what: "another header", fields: `X-Data: ${value}\r\n` },
    { what: "a credential's header that is not the route's", fields: `X-Api-Key: ${value}\r\n` },
    { what: "a cookie", fields: `Cookie: a=1; t=${value}\r\n` },
    { what: "a header's name", fields: `${value}: 1\r\n` },
    { what: "the user agent", fields: `User-Agent: curl/${value}\r\n` },
    { what: "the path", path: `/v1/${value}/x` },
    { what: "the query", path: `/v1?a=1&q=${value}` },
    { what: "a query key for credentials", path: `/v1?access_token=${value}` },
    { what: "the body", body: JSON.stringify({ text: `env: ${value}` }) },
  ];
}

for (const { what, fields = "", body = "", path = "/v1" } of places(PLACEHOLDER)) {
  Deno.test(`a placeholder in ${what} is refused, marked, and goes nowhere`, async () => {
    await using stage = await Stage.set();
    for (const host of ["own.test", "other.test", "agent.test", "plain.test"] as const) {
      const response = await stage.ask(host, fields, body, path);
      assert.equal(response.status, 403, host);
      assert.equal(response.headers.get("x-bot-bottle-block"), "placeholder", host);
      assert.ok(!stage.received(host).includes(PLACEHOLDER.slice(-22)), host);
    }
    await stage.proxy.rowCount(4);
    for (const row of stage.proxy.rows) {
      assert.deepEqual([row.verdict, row.reason], ["blocked", "placeholder"]);
      assert.ok(row.marks?.includes("misplaced-placeholder"));
    }
  });

  if (what === "a header's name") continue;
  Deno.test(`a placeholder in ${what} is overwritten on the provider's own host, and marked`, async () => {
    await using stage = await Stage.set();
    const response = await stage.ask("provider.test", BEARER + fields, body, path);
    assert.equal(response.status, 200);
    assert.ok(!stage.received("provider.test").includes("bot-bottle-"));
    assert.ok(stage.received("provider.test").includes(`Authorization: Bearer ${TOKEN}\r\n`));
    const [, sent = ""] = stage.received("provider.test").split("\r\n\r\n");
    assert.equal(sent, body.replace(PLACEHOLDER, "*".repeat(PLACEHOLDER.length)));
    await stage.proxy.rowCount(1);
    assert.equal(stage.proxy.rows[0]?.verdict, "allowed");
    assert.ok(stage.proxy.rows[0]?.marks?.includes("misplaced-placeholder"));
  });
}

for (const [what, value] of [["another bottle's", FOREIGN], ["an old", OLD]] as const) {
  Deno.test(`${what} placeholder is refused anywhere, even where a credential is put on`, async () => {
    await using stage = await Stage.set();
    const all = [...places(value), {
      what: "the place",
      fields: `Authorization: Bearer ${value}\r\n`,
    }];
    for (const { what, fields = "", body = "", path = "/v1" } of all) {
      for (const host of ["own.test", "agent.test", "plain.test"] as const) {
        const response = await stage.ask(host, fields, body, path);
        assert.equal(response.headers.get("x-bot-bottle-block"), "placeholder", `${host}: ${what}`);
      }
    }
    for (const host of hosts) assert.ok(!stage.received(host).includes(value.slice(-22)));
    // A session goes on though its placeholder was drawn anew.
    const response = await stage.ask("provider.test", `Authorization: Bearer ${value}\r\n`, value);
    assert.equal(response.status, 200);
    assert.ok(!stage.received("provider.test").includes("bot-bottle-"));
    assert.ok(stage.received("provider.test").includes(`Bearer ${TOKEN}\r\n`));
  });
}

Deno.test("the provider's placeholder on a host with another credential is refused", async () => {
  await using stage = await Stage.set();
  const fields = [`X-Key: ${PLACEHOLDER}\r\n`, `x_key: Bearer ${PLACEHOLDER}\r\n`, BEARER];
  for (const field of fields) {
    const response = await stage.ask("other.test", field);
    assert.equal(response.headers.get("x-bot-bottle-block"), "placeholder", field);
  }
  assert.equal((await stage.ask("agent.test", BEARER)).status, 403);
  assert.equal((await stage.ask("plain.test", BEARER)).status, 403);
  for (const host of hosts) assert.equal(stage.received(host), "");
});

const bytes = Buffer.from(PLACEHOLDER);
const encoded: readonly (readonly [what: string, text: string])[] = [
  ["base64", bytes.toString("base64")],
  ["base64 behind one byte", Buffer.from(`x${PLACEHOLDER}`).toString("base64")],
  ["base64 for URLs", bytes.toString("base64url")],
  ["hexadecimal", bytes.toString("hex")],
  ["percent-encoding", [...bytes].map((byte) => `%${byte.toString(16)}`).join("")],
  ["reverse", [...PLACEHOLDER].reverse().join("")],
  ["upper case", PLACEHOLDER.toUpperCase()],
  ["pieces", [...PLACEHOLDER].join(".")],
];
for (const [what, text] of encoded) {
  Deno.test(`a placeholder in ${what} is refused, in URL, header and body`, async () => {
    await using stage = await Stage.set();
    const answers = [
      await stage.ask("plain.test", "", "", `/?q=${text}`),
      await stage.ask("plain.test", `X-A: ${text}\r\n`),
      await stage.ask("plain.test", "", `a=1&b=${text}`),
    ];
    for (const answer of answers) {
      assert.equal(answer.headers.get("x-bot-bottle-block"), "placeholder");
    }
    assert.ok(!stage.received("plain.test").includes(text.slice(4)));
  });
}

Deno.test("a placeholder in a coded body is refused, on the provider's own host too", async () => {
  await using stage = await Stage.set();
  const codings = [
    ["gzip", zlib.gzipSync],
    ["deflate", zlib.deflateSync],
    ["br", zlib.brotliCompressSync],
    ["zstd", zlib.zstdCompressSync],
  ] as const;
  for (const [coding, encode] of codings) {
    const field = `Content-Encoding: ${coding}\r\n`;
    const clean = encode(Buffer.from("nothing in it ".repeat(99)));
    const answer = await stage.ask("plain.test", field, clean);
    assert.equal(answer.status, 200, coding);
    assert.ok(stage.received("plain.test").includes(Buffer.from(clean).toString("latin1")), coding);
    for (const host of ["plain.test", "provider.test"] as const) {
      const refused = await stage.ask(host, field, encode(Buffer.from(`x ${PLACEHOLDER} y`)));
      assert.equal(refused.headers.get("x-bot-bottle-block"), "placeholder", `${host} ${coding}`);
    }
  }
});

Deno.test("a body that can't be looked through is refused", async () => {
  await using stage = await Stage.set();
  for (const coding of ["compress", "gzip, x", "br, br, br, br"]) {
    const refused = await stage.ask("plain.test", `Content-Encoding: ${coding}\r\n`, "abc");
    assert.equal(refused.status, 415);
    assert.equal(refused.headers.get("x-bot-bottle-block"), "unreadable-request", coding);
  }
  assert.equal(stage.received("plain.test"), "");
  const field = "Content-Encoding: gzip\r\n";
  const wrong = [Buffer.from("no gzip"), zlib.gzipSync(PLACEHOLDER).subarray(0, -8)];
  for (const body of wrong) {
    const refused = await stage.ask("plain.test", field, body);
    assert.equal(refused.status, body.length === 7 ? 415 : 403);
  }
});

Deno.test("a placeholder in a trailer, or that comes in pieces, is refused", async () => {
  await using stage = await Stage.set();
  const name = `plain.test:${stage.upstreams.get("plain.test")?.port}`;
  const head = `POST /v1 HTTP/1.1\r\nHost: ${name}\r\nTransfer-Encoding: chunked\r\n\r\n`;
  const half = PLACEHOLDER.length >> 1;
  const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;
  const bodies = [
    [`${chunk("abc")}0\r\nX-Sum: ${PLACEHOLDER}\r\n\r\n`],
    [chunk(`a ${PLACEHOLDER.slice(0, half)}`), `${chunk(PLACEHOLDER.slice(half))}0\r\n\r\n`],
    [...[...PLACEHOLDER].map(chunk), "0\r\n\r\n"],
  ];
  for (const pieces of bodies) {
    const client = await stage.proxy.tunnel(name);
    await client.write(head);
    for (const piece of pieces) await client.write(piece);
    const response = await client.response("POST");
    assert.equal(response.headers.get("x-bot-bottle-block"), "placeholder");
  }
  const sent = stage.received("plain.test").replace(/\r\n[0-9a-f]+\r\n/g, "");
  assert.ok(!sent.includes(PLACEHOLDER.slice(0, 8)), sent);
  await stage.proxy.rowCount(3);
  for (const row of stage.proxy.rows) assert.ok(row.marks?.includes("sent-in-part"));
});
