import assert from "node:assert/strict";
import {
  contentCodings,
  limitAcceptEncoding,
  requestCodings,
} from "../../../../../lib/egress/response/content_coding.ts";

Deno.test("contentCodings names what can be decoded, in order", () => {
  const cases: readonly (readonly [string[], readonly string[] | undefined])[] = [
    [[], []],
    [["identity"], []],
    [["gzip"], ["gzip"]],
    [["X-GZIP"], ["gzip"]],
    [["deflate, br"], ["deflate", "br"]],
    [["gzip", "zstd"], ["gzip", "zstd"]],
    [["identity, br,"], ["br"]],
    [["compress"], undefined],
    [["gzip, aes128gcm"], undefined],
    [["gzip;q=1"], undefined],
    [["br,br,br,br"], undefined],
  ];
  for (const [values, codings] of cases) {
    const headers = values.map((value) => ["Content-Encoding", value] as const);
    assert.deepEqual(contentCodings(headers), codings, values.join(" | "));
  }
});

Deno.test("requestCodings takes the chunks of S3's clients for what they are", () => {
  const of = (value: string): readonly string[] | undefined =>
    requestCodings([["content-encoding", value]]);
  assert.deepEqual(of("aws-chunked"), []);
  assert.equal(of("gzip, aws-chunked"), undefined);
  assert.deepEqual(of("gzip"), ["gzip"]);
  assert.equal(of("compress"), undefined);
  assert.equal(contentCodings([["content-encoding", "aws-chunked"]]), undefined);
});

Deno.test("limitAcceptEncoding asks for nothing that can't be decoded", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["gzip, deflate, br, zstd", "gzip, deflate, br, zstd"],
    ["gzip;q=0.5, dcb, *;q=0.1", "gzip;q=0.5"],
    ["dcz", "identity"],
    ["", "identity"],
    ["*", "identity"],
    ["identity;q=0, br", "identity;q=0, br"],
  ];
  for (const [before, after] of cases) {
    assert.deepEqual(
      limitAcceptEncoding([["Accept", "a/b"], ["Accept-Encoding", before]]),
      [["Accept", "a/b"], ["Accept-Encoding", after]],
    );
  }
  const ofPart = [["Range", "bytes=0-1"], ["accept-encoding", "gzip"]] as const;
  assert.deepEqual(limitAcceptEncoding(ofPart), [ofPart[0], ["accept-encoding", "identity"]]);
  assert.deepEqual(limitAcceptEncoding([["Accept", "*/*"]]), [["Accept", "*/*"]]);
});
