import assert from "node:assert/strict";
import { responseFraming } from "../../../../../lib/egress/http1/framing.ts";
import { parseResponseHead } from "../../../../../lib/egress/http1/response_head.ts";
import { withFraming, writeResponseHead } from "../../../../../lib/egress/http1/writer.ts";
import { textOf } from "./heads.ts";

for (
  const line of [
    "",
    "HTTP/2.0 200 OK",
    "HTTP/1.1 99 x",
    "HTTP/1.1 600 x",
    "HTTP/1.1 2000 x",
    "HTTP/1.1 20 x",
    "HTTP/1.1  200 x",
    "HTTP/1.1 200 a\0",
    "ICY 200 OK",
    "http/1.1 200 OK",
  ]
) {
  Deno.test(`parseResponseHead refuses ${JSON.stringify(line)}`, () => {
    assert.throws(() => parseResponseHead(line), { code: "http-malformed" });
  });
}

Deno.test("parseResponseHead takes an empty reason with and without its space", () => {
  assert.equal(parseResponseHead("HTTP/1.1 200").reason, "");
  assert.equal(parseResponseHead("HTTP/1.0 204 ").reason, "");
  assert.equal(parseResponseHead("HTTP/1.1 404 Nicht da\xdf").reason, "Nicht da\xdf");
});

Deno.test("responseFraming knows the responses that have no body", () => {
  const framing = (status: number, method = "GET"): string =>
    responseFraming(parseResponseHead(`HTTP/1.1 ${status} x\r\nContent-Length: 5`), method).kind;
  assert.equal(framing(200), "length");
  assert.equal(framing(200, "HEAD"), "none");
  for (const status of [100, 103, 204, 304]) assert.equal(framing(status), "none");
  assert.equal(responseFraming(parseResponseHead("HTTP/1.1 200 x"), "GET").kind, "until-close");
  assert.equal(responseFraming(parseResponseHead("HTTP/1.1 404 x"), "HEAD").kind, "none");
});

Deno.test("responseFraming refuses ambiguity, also where there is no body", () => {
  const both = "\r\nContent-Length: 5\r\nTransfer-Encoding: chunked";
  for (const status of [200, 204]) {
    const head = parseResponseHead(`HTTP/1.1 ${status} x${both}`);
    assert.throws(() => responseFraming(head, "GET"), { code: "http-malformed" });
  }
});

Deno.test("withFraming puts the framing in its field's place, once", () => {
  const headers = [["A", "1"], ["content-length", "3"], ["Transfer-Encoding", "x"], [
    "B",
    "2",
  ]] as const;
  assert.deepEqual(withFraming(headers, { kind: "length", length: 7 }), [
    ["A", "1"],
    ["content-length", "7"],
    ["B", "2"],
  ]);
  assert.deepEqual(withFraming(headers, { kind: "chunked" }), [
    ["A", "1"],
    ["Transfer-Encoding", "chunked"],
    ["B", "2"],
  ]);
  assert.deepEqual(withFraming(headers, { kind: "none" }), [["A", "1"], ["B", "2"]]);
  assert.deepEqual(withFraming([], { kind: "chunked" }), [["Transfer-Encoding", "chunked"]]);
});

Deno.test("writeResponseHead writes bytes, and no line end out of a reason", () => {
  const head = { status: 200, reason: "\xfc", headers: [["X", "\xe9"]] as const };
  assert.equal(textOf(writeResponseHead(head)), "HTTP/1.1 200 \xfc\r\nX: \xe9\r\n\r\n");
  assert.throws(() => writeResponseHead({ ...head, reason: "a\r\nX: b" }), {
    code: "http-malformed",
  });
});
