import assert from "node:assert/strict";
import type { HeaderField, HeaderList } from "../../../../../lib/egress/message.ts";
import {
  acceptOf,
  agreementHeaders,
  makeKey,
  offerHeaders,
  parseAgreement,
  parseOffer,
} from "../../../../../lib/egress/websocket/handshake.ts";

/** RFC 6455, 1.3. */
const KEY = "dGhlIHNhbXBsZSBub25jZQ==";
const ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

function request(change: Readonly<Record<string, string | undefined>> = {}): HeaderList {
  const fields: Record<string, string | undefined> = {
    Host: "example.com",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": KEY,
    ...change,
  };
  return Object.entries(fields).flatMap(([name, value]): HeaderField[] =>
    value === undefined ? [] : value.split("\n").map((one) => [name, one] as const)
  );
}

Deno.test("acceptOf is the RFC's example", async () => {
  assert.equal(await acceptOf(KEY), ACCEPT);
});

Deno.test("makeKey makes keys that parseOffer takes", () => {
  const key = makeKey();
  assert.equal(parseOffer(request({ "Sec-WebSocket-Key": key })).key, key);
  assert.notEqual(makeKey(), key);
});

Deno.test("parseOffer reads protocols and offers", () => {
  const offer = parseOffer(request({
    "Sec-WebSocket-Protocol": "chat, superchat\nv2",
    "Sec-WebSocket-Extensions": "x-other; a=b, permessage-deflate",
  }));
  assert.deepEqual(offer.protocols, ["chat", "superchat", "v2"]);
  assert.equal(offer.deflate.length, 1);
});

const bad: readonly (readonly [name: string, change: Record<string, string | undefined>])[] = [
  ["no version", { "Sec-WebSocket-Version": undefined }],
  ["version 8", { "Sec-WebSocket-Version": "8" }],
  ["two versions", { "Sec-WebSocket-Version": "13\n13" }],
  ["no key", { "Sec-WebSocket-Key": undefined }],
  ["two keys", { "Sec-WebSocket-Key": `${KEY}\n${KEY}` }],
  ["a key of 15 bytes", { "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25j" }],
  ["a key with loose bits", { "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZR==" }],
  ["a malformed extension", { "Sec-WebSocket-Extensions": "permessage-deflate;" }],
  ["an empty protocol", { "Sec-WebSocket-Protocol": "a,,b" }],
  ["a protocol with a space", { "Sec-WebSocket-Protocol": "a b" }],
  ["a protocol twice", { "Sec-WebSocket-Protocol": "a, a" }],
];

for (const [name, change] of bad) {
  Deno.test(`parseOffer refuses ${name}`, () => {
    assert.throws(() => parseOffer(request(change)), { code: "http-malformed" });
  });
}

Deno.test("offerHeaders writes the handshake anew and passes the rest", () => {
  const asked = request({
    "Sec-WebSocket-Protocol": "chat",
    "Sec-WebSocket-Extensions": "x-other, permessage-deflate; client_max_window_bits",
    "Sec-WebSocket-Foo": "a way out",
    "X-Other": "1",
  });
  const headers = offerHeaders(asked, parseOffer(asked), "our key");
  assert.deepEqual(headers, [
    ["Host", "example.com"],
    ["X-Other", "1"],
    ["Sec-WebSocket-Version", "13"],
    ["Sec-WebSocket-Key", "our key"],
    ["Sec-WebSocket-Protocol", "chat"],
    ["Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits"],
  ]);
});

const offer = parseOffer(request({
  "Sec-WebSocket-Protocol": "chat, v2",
  "Sec-WebSocket-Extensions": "permessage-deflate",
}));
const upgrade = ["websocket"];
const accepted: HeaderField = ["Sec-WebSocket-Accept", ACCEPT];

Deno.test("parseAgreement reads what was agreed on, and agreementHeaders writes it", () => {
  const headers: HeaderField[] = [
    ["Set-Cookie", "a=b"],
    accepted,
    ["Sec-WebSocket-Protocol", "v2"],
    ["Sec-WebSocket-Extensions", "permessage-deflate;  server_no_context_takeover"],
  ];
  const agreement = parseAgreement({ headers, upgrade }, offer, ACCEPT);
  assert.deepEqual(agreementHeaders(headers, agreement, "for the client"), [
    ["Set-Cookie", "a=b"],
    ["Sec-WebSocket-Accept", "for the client"],
    ["Sec-WebSocket-Protocol", "v2"],
    ["Sec-WebSocket-Extensions", "permessage-deflate; server_no_context_takeover"],
  ]);
});

const disagreements: readonly (readonly [string, HeaderField[], string[]?])[] = [
  ["no accept", []],
  ["another accept", [["Sec-WebSocket-Accept", KEY]]],
  ["two accepts", [accepted, accepted]],
  ["a protocol that was not offered", [accepted, ["Sec-WebSocket-Protocol", "V2"]]],
  ["two protocols", [accepted, ["Sec-WebSocket-Protocol", "chat, v2"]]],
  ["an extension that was not offered", [accepted, ["Sec-WebSocket-Extensions", "x-other"]]],
  ["no upgrade", [accepted], []],
  ["another upgrade", [accepted], ["h2c"]],
];

for (const [name, headers, changed = upgrade] of disagreements) {
  Deno.test(`parseAgreement refuses ${name}`, () => {
    assert.throws(() => parseAgreement({ headers, upgrade: changed }, offer, ACCEPT), {
      code: "http-malformed",
    });
  });
}
