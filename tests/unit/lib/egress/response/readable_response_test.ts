import assert from "node:assert/strict";
import type { HeaderList } from "../../../../../lib/egress/message.ts";
import { readableResponse } from "../../../../../lib/egress/response/readable_response.ts";

const length = { kind: "length", length: 5 } as const;
const none = { kind: "none" } as const;

Deno.test("readableResponse leaves a response that is not coded as it is, a part too", () => {
  for (const headers of [[], [["Content-Encoding", "identity"]]] as readonly HeaderList[]) {
    for (const status of [200, 206, 404]) {
      assert.deepEqual(readableResponse({ status, headers, framing: length }), {
        headers,
        framing: length,
        codings: [],
      });
    }
  }
});

Deno.test("readableResponse leaves a head alone that no body follows", () => {
  const headers = [["content-encoding", "unknown"], ["content-length", "7"], [
    "etag",
    '"a"',
  ]] as const;
  assert.deepEqual(readableResponse({ status: 304, headers, framing: none }), {
    headers,
    framing: none,
    codings: [],
  });
});

Deno.test("readableResponse says of a coded body nothing that its bytes no longer are", () => {
  const headers = [
    ["Content-Type", "text/plain"],
    ["Content-Encoding", "gzip, br"],
    ["Content-Length", "5"],
    ["ETag", '"a"'],
    ["etag", 'W/"b"'],
    ["Digest", "x"],
    ["Content-MD5", "x"],
    ["Repr-Digest", "x"],
    ["Content-Digest", "x"],
    ["Accept-Ranges", "bytes"],
  ] as const;
  assert.deepEqual(readableResponse({ status: 200, headers, framing: length }), {
    headers: [["Content-Type", "text/plain"], ["ETag", 'W/"a"'], ["etag", 'W/"b"']],
    framing: { kind: "chunked" },
    codings: ["gzip", "br"],
  });
});

Deno.test("readableResponse can't read an unknown coding, nor a part of something coded", () => {
  const coded = (coding: string): HeaderList => [["content-encoding", coding]];
  assert.equal(
    readableResponse({ status: 200, headers: coded("compress"), framing: length }),
    undefined,
  );
  assert.equal(
    readableResponse({ status: 206, headers: coded("gzip"), framing: length }),
    undefined,
  );
});
