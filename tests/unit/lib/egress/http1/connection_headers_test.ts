import assert from "node:assert/strict";
import { splitConnectionHeaders } from "../../../../../lib/egress/http1/connection_headers.ts";
import { passableTrailers } from "../../../../../lib/egress/http1/trailers.ts";

Deno.test("splitConnectionHeaders takes out what concerns one hop, and what Connection names", () => {
  const split = splitConnectionHeaders([
    ["Host", "a"],
    ["Connection", "close, X-Hop"],
    ["x-hop", "1"],
    ["Keep-Alive", "timeout=5"],
    ["Proxy-Connection", "keep-alive"],
    ["TE", "trailers"],
    ["Trailer", "X"],
    ["Transfer-Encoding", "chunked"],
    ["Content-Length", "1"],
    ["Y", "2"],
  ], "1.1");
  assert.deepEqual(split.headers, [["Host", "a"], ["Content-Length", "1"], ["Y", "2"]]);
  assert.equal(split.isPersistent, false);
});

Deno.test("splitConnectionHeaders knows what each version keeps open", () => {
  const isPersistent = (version: "1.0" | "1.1", value?: string): boolean =>
    splitConnectionHeaders(value === undefined ? [] : [["connection", value]], version)
      .isPersistent;
  assert.equal(isPersistent("1.1"), true);
  assert.equal(isPersistent("1.1", "Close"), false);
  assert.equal(isPersistent("1.0"), false);
  assert.equal(isPersistent("1.0", "Keep-Alive"), true);
  assert.equal(isPersistent("1.0", "keep-alive, close"), false);
});

for (const name of ["Host", "content-length", "Transfer-Encoding"]) {
  Deno.test(`splitConnectionHeaders refuses a Connection that names ${name}`, () => {
    assert.throws(() => splitConnectionHeaders([["Connection", name]], "1.1"), {
      code: "http-malformed",
    });
  });
}

Deno.test("passableTrailers holds back what a head decides", () => {
  const passed = passableTrailers([
    ["X-Sum", "1"],
    ["Authorization", "a"],
    ["CONTENT-LENGTH", "1"],
    ["Content_Type", "a/b"],
  ]);
  assert.deepEqual(passed, [["X-Sum", "1"]]);
});
