import assert from "node:assert/strict";
import { type AskedHeads, writeAsked } from "../../../../../lib/egress/explain/asked_request.ts";
import type { HeaderList } from "../../../../../lib/egress/message.ts";

function asked(url: string, headers: HeaderList = []): AskedHeads | string {
  return writeAsked({ method: "GET", url, headers });
}

const table: readonly (readonly [url: string, connect: string | undefined, request: string])[] = [
  ["https://a.test", "a.test:443", "GET / HTTP/1.1|Host: a.test"],
  ["https://a.test:8443/x?y", "a.test:8443", "GET /x?y HTTP/1.1|Host: a.test:8443"],
  ["HTTPS://A.test?y", "A.test:443", "GET /?y HTTP/1.1|Host: A.test"],
  ["https://[::1]/", "[::1]:443", "GET / HTTP/1.1|Host: [::1]"],
  ["https://[::1]:99/", "[::1]:99", "GET / HTTP/1.1|Host: [::1]:99"],
  ["https://a.test/%2e./../x#frag", "a.test:443", "GET /%2e./../x HTTP/1.1|Host: a.test"],
  ["https://u:p@a.test/", "u:p@a.test:443", "GET / HTTP/1.1|Host: u:p@a.test"],
  ["http://a.test/x", undefined, "GET http://a.test/x HTTP/1.1|Host: a.test"],
  ["http://a.test:81", undefined, "GET http://a.test:81/ HTTP/1.1|Host: a.test:81"],
];
for (const [url, connect, request] of table) {
  Deno.test(`writeAsked leaves ${url} as it is`, () => {
    const heads = asked(url);
    assert.ok(typeof heads !== "string");
    const line = connect && `CONNECT ${connect} HTTP/1.1\r\nHost: ${connect}`;
    assert.equal(heads.connect, line);
    assert.equal(heads.request, request.replaceAll("|", "\r\n"));
  });
}

Deno.test("writeAsked sends fields as they are written, and a Host in the place of the usual one", () => {
  const heads = asked("https://a.test/", [["X", "1"], ["hOST", "b.test"]]);
  assert.ok(typeof heads !== "string");
  assert.equal(heads.request, "GET / HTTP/1.1\r\nX: 1\r\nhOST: b.test");
});

const bad: readonly (readonly [url: string, why: RegExp, headers?: HeaderList])[] = [
  ["ftp://a.test/", /neither http/],
  ["a.test", /neither http/],
  ["", /neither http/],
  ["https:///x", /no host/],
  ["https://a.test/\u{1f600}", /can't travel/],
  ["https://a.test/\r\nx: y", /can't travel/],
  ["https://a.test/", /can't travel/, [["x", "y\r\nz: 1"]]],
];
for (const [url, why, headers] of bad) {
  Deno.test(`writeAsked takes no ${JSON.stringify([url, headers])}`, () => {
    const heads = asked(url, headers);
    assert.ok(typeof heads === "string");
    assert.match(heads, why);
  });
}
