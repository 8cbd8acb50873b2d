import assert from "node:assert/strict";
import {
  parseRequestFields,
  requestFields,
} from "../../../../../lib/egress/http2/request_fields.ts";
import {
  parseResponseFields,
  responseFields,
} from "../../../../../lib/egress/http2/response_fields.ts";
import type { HeaderList } from "../../../../../lib/egress/message.ts";

const get: HeaderList = [[":method", "GET"], [":scheme", "https"], [":path", "/a?b"], [
  ":authority",
  "origin.test",
]];

function parse(fields: HeaderList, hasBody = false): ReturnType<typeof parseRequestFields> {
  return parseRequestFields({ fields, isOver: false }, hasBody);
}

Deno.test("parseRequestFields makes the model that HTTP/1.1 has too, host first", () => {
  const head = parse([...get, ["accept", "*/*"], ["host", "origin.test"], ["te", "trailers"]]);
  assert.deepEqual(head, {
    method: "GET",
    target: "/a?b",
    version: "2",
    headers: [["host", "origin.test"], ["accept", "*/*"], ["te", "trailers"]],
    hasBody: false,
  });
});

Deno.test("parseRequestFields takes a host in the place of :authority", () => {
  const head = parse([...get.slice(0, 3), ["host", "origin.test"]]);
  assert.deepEqual(head.headers, [["host", "origin.test"]]);
});

Deno.test("parseRequestFields joins the crumbs of a cookie where the first stood", () => {
  const { headers } = parse([...get, ["cookie", "a=1"], ["x", "y"], ["cookie", "b=2"], [
    "cookie",
    "c=3",
  ]]);
  assert.deepEqual(headers.slice(1), [["cookie", "a=1; b=2; c=3"], ["x", "y"]]);
});

Deno.test("parseRequestFields takes a length of 0 without a body, and any with one", () => {
  assert.equal(parse([...get, ["content-length", "0"]]).hasBody, false);
  assert.equal(parse([...get, ["content-length", "7"]], true).hasBody, true);
  for (const length of ["7", "+0", "-0", "0x0", "0, 0", ""]) {
    assert.throws(() => parse([...get, ["content-length", length]]), { code: "http-malformed" });
  }
});

Deno.test("parseRequestFields and parseResponseFields say what is too large", () => {
  const over = { fields: get, isOver: true };
  assert.throws(() => parseRequestFields(over, false), { code: "http-too-large" });
  assert.throws(() => parseResponseFields(over, false), { code: "http-too-large" });
});

const request = {
  method: "POST",
  scheme: "https",
  authority: "origin.test:8443",
  path: "/x",
  headers: [
    ["Host", "origin.test:8443"],
    ["Content-Length", "9"],
    ["X-Mixed", "Case"],
    ["Connection", "close"],
    ["Transfer-Encoding", "chunked"],
    ["TE", "gzip"],
  ],
  framing: { kind: "length", length: 5 },
  takesTrailers: true,
} as const;

Deno.test("requestFields writes lower case, no field of a connection, and the length that is sent", () => {
  assert.deepEqual(requestFields(request), [
    [":method", "POST"],
    [":scheme", "https"],
    [":authority", "origin.test:8443"],
    [":path", "/x"],
    ["x-mixed", "Case"],
    ["content-length", "5"],
    ["te", "trailers"],
  ]);
});

Deno.test("requestFields writes nothing that would be something else to its reader", () => {
  const bad = [
    { method: "GET /" },
    { path: "x" },
    { path: "/a b" },
    { authority: "a b" },
    { authority: "" },
    { headers: [["x", "a\r\nb"]] },
    { headers: [["x y", "a"]] },
    { headers: [[":path", "/"]] },
  ] as const;
  for (const one of bad) {
    assert.throws(() => requestFields({ ...request, ...one }), { code: "http-malformed" });
  }
});

Deno.test("responseFields keeps a length that speaks of a body that is not there", () => {
  const headers: HeaderList = [["Content-Length", "10"], ["Keep-Alive", "x"]];
  assert.deepEqual(responseFields(200, headers, { kind: "none" }), [[":status", "200"], [
    "content-length",
    "10",
  ]]);
  assert.deepEqual(responseFields(200, headers, { kind: "chunked" }), [[":status", "200"]]);
});
