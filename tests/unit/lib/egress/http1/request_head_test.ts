import assert from "node:assert/strict";
import { fc } from "../../../../../lib/deps/fast_check.ts";
import { requestFraming } from "../../../../../lib/egress/http1/framing.ts";
import { http1ErrorCode } from "../../../../../lib/egress/http1/malformed.ts";
import type { HeaderList } from "../../../../../lib/egress/message.ts";
import { parseRequestHead } from "../../../../../lib/egress/http1/request_head.ts";
import { writeRequestHead } from "../../../../../lib/egress/http1/writer.ts";
import { collect } from "./heads.ts";

function codeOf(work: () => unknown): string | undefined {
  try {
    work();
  } catch (error) {
    return http1ErrorCode(error) ?? String(error);
  }
  return undefined;
}

const malformedHeads: readonly (readonly [name: string, text: string])[] = [
  ["nothing", ""],
  ["a method in lower case", "get / HTTP/1.1"],
  ["a method with a digit", "G3T / HTTP/1.1"],
  ["a method of 33 characters", `${"A".repeat(33)} / HTTP/1.1`],
  ["no target", "GET  HTTP/1.1"],
  ["a space in the target", "GET /a b HTTP/1.1"],
  ["a tab for a space", "GET\t/ HTTP/1.1"],
  ["a space at the end", "GET / HTTP/1.1 "],
  ["a byte above ASCII in the target", "GET /\xe9 HTTP/1.1"],
  ["a NUL in the target", "GET /\0 HTTP/1.1"],
  ["HTTP/0.9", "GET /"],
  ["HTTP/2.0", "GET / HTTP/2.0"],
  ["HTTP/1.2", "GET / HTTP/1.2"],
  ["HTTP/1.10", "GET / HTTP/1.10"],
  ["http in lower case", "GET / http/1.1"],
  ["a header without a colon", "GET / HTTP/1.1\r\nHost"],
  ["a header without a name", "GET / HTTP/1.1\r\n: a"],
  ["a space before the colon", "GET / HTTP/1.1\r\nHost : a"],
  ["a tab before the colon", "GET / HTTP/1.1\r\nHost\t: a"],
  ["a space in a name", "GET / HTTP/1.1\r\nX Y: a"],
  ["a byte above ASCII in a name", "GET / HTTP/1.1\r\nX\xe9: a"],
  ["a folded line", "GET / HTTP/1.1\r\nX: a\r\n b"],
  ["a folded line with a tab", "GET / HTTP/1.1\r\nX: a\r\n\tb"],
  ["a folded first line", "GET / HTTP/1.1\r\n X: a"],
  ["a NUL in a value", "GET / HTTP/1.1\r\nX: a\0"],
  ["a bare carriage return in a value", "GET / HTTP/1.1\r\nX: a\rb"],
  ["a carriage return at a value's end", "GET / HTTP/1.1\r\nX: a\r"],
  ["a bare carriage return in a name", "GET / HTTP/1.1\r\nX\r: a"],
  ["a delete character", "GET / HTTP/1.1\r\nX: a\x7f"],
];

for (const [name, text] of malformedHeads) {
  Deno.test(`parseRequestHead refuses ${name}`, () => {
    assert.equal(codeOf(() => parseRequestHead(text)), "http-malformed");
  });
}

Deno.test("parseRequestHead takes 200 headers and not one more", () => {
  const head = (count: number): string => `GET / HTTP/1.1${"\r\nX: a".repeat(count)}`;
  assert.equal(parseRequestHead(head(200)).headers.length, 200);
  assert.equal(codeOf(() => parseRequestHead(head(201))), "http-too-large");
});

Deno.test("parseRequestHead keeps order, case and bytes, and trims blanks only", () => {
  const head = parseRequestHead("POST /x HTTP/1.0\r\nB:  \t1\xa0 \r\na:\r\nB: 2:3\x80");
  assert.equal(head.version, "1.0");
  assert.deepEqual(head.headers, [["B", "1\xa0"], ["a", ""], ["B", "2:3\x80"]]);
});

const name = fc.stringMatching(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,20}$/);
const value = fc.stringMatching(/^(?:[!-~\x80-\xff](?:[\t -~\x80-\xff]{0,20}[!-~\x80-\xff])?)?$/);
const fields = fc.array(fc.tuple(name, value), { maxLength: 10 });

Deno.test("what is written parses to what it was written from", () => {
  fc.assert(fc.property(fields, (headers: HeaderList) => {
    const bytes = writeRequestHead({ method: "GET", target: "/a?b", headers });
    const [kind, text, rest] = collect([bytes]);
    assert.deepEqual([kind, rest], ["head", ""]);
    assert.deepEqual(parseRequestHead(text).headers, headers);
  }));
});

Deno.test("writeRequestHead refuses whatever would break out of its line", () => {
  const write = (part: { method?: string; target?: string; field?: readonly [string, string] }) =>
    codeOf(() =>
      writeRequestHead({
        method: part.method ?? "GET",
        target: part.target ?? "/",
        headers: [part.field ?? ["X", "a"]],
      })
    );
  assert.equal(write({}), undefined);
  assert.equal(write({ method: "GET /x" }), "http-malformed");
  assert.equal(write({ target: "/ HTTP/1.1\r\nX: a" }), "http-malformed");
  assert.equal(write({ target: "" }), "http-malformed");
  assert.equal(write({ field: ["X", "a\r\nY: b"] }), "http-malformed");
  assert.equal(write({ field: ["X: a\r\nY", "b"] }), "http-malformed");
  assert.equal(write({ field: ["X", "\u0100"] }), "http-malformed");
});

const framings: readonly (readonly [fields: HeaderList, framing: unknown])[] = [
  [[], { kind: "none" }],
  [[["Content-Length", "0"]], { kind: "length", length: 0 }],
  [[["content-length", "10"]], { kind: "length", length: 10 }],
  [[["Transfer-Encoding", "Chunked"]], { kind: "chunked" }],
  [[["Content-Length", "1"], ["Transfer-Encoding", "chunked"]], "http-malformed"],
  [[["Content-Length", "1"], ["Content-Length", "1"]], "http-malformed"],
  [[["Content-Length", "1"], ["content-length", "2"]], "http-malformed"],
  [[["Content-Length", "1, 1"]], "http-malformed"],
  [[["Content-Length", ""]], "http-malformed"],
  [[["Content-Length", "+1"]], "http-malformed"],
  [[["Content-Length", "-1"]], "http-malformed"],
  [[["Content-Length", "1 "]], "http-malformed"],
  [[["Content-Length", "1e3"]], "http-malformed"],
  [[["Content-Length", "0x1"]], "http-malformed"],
  [[["Content-Length", "\u0661"]], "http-malformed"],
  [[["Content-Length", "9".repeat(16)]], "http-malformed"],
  [[["Transfer-Encoding", ""]], "http-malformed"],
  [[["Transfer-Encoding", "xchunked"]], "http-malformed"],
  [[["Transfer-Encoding", "gzip, chunked"]], "http-malformed"],
  [[["Transfer-Encoding", "chunked, chunked"]], "http-malformed"],
  [[["Transfer-Encoding", "chunked;q=1"]], "http-malformed"],
  [[["Transfer-Encoding", "identity"]], "http-malformed"],
  [[["Transfer-Encoding", "chunked"], ["Transfer-Encoding", "chunked"]], "http-malformed"],
  [[["Transfer_Encoding", "chunked"]], "http-malformed"],
  [[["Content-Length", "1"], ["content_length", "2"]], "http-malformed"],
];

for (const [headers, expected] of framings) {
  Deno.test(`requestFraming of ${JSON.stringify(headers)}`, () => {
    const head = { method: "POST", target: "/", version: "1.1", headers } as const;
    if (typeof expected === "string") assert.equal(codeOf(() => requestFraming(head)), expected);
    else assert.deepEqual(requestFraming(head), expected);
  });
}

Deno.test("requestFraming refuses a transfer coding in HTTP/1.0", () => {
  const headers = [["Transfer-Encoding", "chunked"]] as const;
  const head = { method: "POST", target: "/", version: "1.0", headers } as const;
  assert.equal(codeOf(() => requestFraming(head)), "http-malformed");
});
