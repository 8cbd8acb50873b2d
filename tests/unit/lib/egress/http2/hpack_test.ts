import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { fc } from "../../../../../lib/deps/fast_check.ts";
import { DynamicTable } from "../../../../../lib/egress/http2/dynamic_table.ts";
import { HpackDecoder } from "../../../../../lib/egress/http2/hpack_decoder.ts";
import { HpackEncoder } from "../../../../../lib/egress/http2/hpack_encoder.ts";
import { headLimits } from "../../../../../lib/egress/http2/limits.ts";
import type { HeaderField, HeaderList } from "../../../../../lib/egress/message.ts";
import { BottleError } from "../../../../../lib/errors.ts";

const first: HeaderList = [[":method", "GET"], [":scheme", "http"], [":path", "/"], [
  ":authority",
  "www.example.com",
]];
const second: HeaderList = [...first, ["cache-control", "no-cache"]];
const third: HeaderList = [[":method", "GET"], [":scheme", "https"], [":path", "/index.html"], [
  ":authority",
  "www.example.com",
], ["custom-key", "custom-value"]];

function response(status: string, date: string, ...more: HeaderField[]): HeaderList {
  return [
    [":status", status],
    ["cache-control", "private"],
    ["date", date],
    ["location", "https://www.example.com"],
    ...more,
  ];
}

const responses = [
  response("302", "Mon, 21 Oct 2013 20:13:21 GMT"),
  response("307", "Mon, 21 Oct 2013 20:13:21 GMT"),
  response(
    "200",
    "Mon, 21 Oct 2013 20:13:22 GMT",
    ["content-encoding", "gzip"],
    ["set-cookie", "foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1"],
  ),
];

/** A table of 256 bytes, said before the first block as RFC 7541's C.5 and C.6 presume it. */
const SIZE_256 = "3fe101";

/** RFC 7541, appendix C: blocks of one connection, and what they say. */
const vectors: readonly (readonly [name: string, blocks: readonly string[], HeaderList[]])[] = [
  ["C.2.1", ["400a637573746f6d2d6b65790d637573746f6d2d686561646572"], [[[
    "custom-key",
    "custom-header",
  ]]]],
  ["C.2.2", ["040c2f73616d706c652f70617468"], [[[":path", "/sample/path"]]]],
  ["C.2.3", ["100870617373776f726406736563726574"], [[["password", "secret"]]]],
  ["C.2.4", ["82"], [[[":method", "GET"]]]],
  ["C.3", [
    "828684410f7777772e6578616d706c652e636f6d",
    "828684be58086e6f2d6361636865",
    "828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565",
  ], [first, second, third]],
  ["C.4", [
    "828684418cf1e3c2e5f23a6ba0ab90f4ff",
    "828684be5886a8eb10649cbf",
    "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf",
  ], [first, second, third]],
  ["C.5", [
    `${SIZE_256}4803333032580770726976617465611d4d6f6e2c203231204f637420323031332032303a31333a` +
    "323120474d546e1768747470733a2f2f7777772e6578616d706c652e636f6d",
    "4803333037c1c0bf",
    "88c1611d4d6f6e2c203231204f637420323031332032303a31333a323220474d54c05a04677a69707738666f" +
    "6f3d4153444a4b48514b425a584f5157454f50495541585157454f49553b206d61782d6167653d333630303b" +
    "2076657273696f6e3d31",
  ], responses],
  ["C.6", [
    `${SIZE_256}488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad` +
    "171863c78f0b97c8e9ae82ae43d3",
    "4883640effc1c0bf",
    "88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335df" +
    "dfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007",
  ], responses],
];

function hex(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, "hex"));
}

for (const [name, blocks, lists] of vectors) {
  Deno.test(`HpackDecoder decodes RFC 7541's ${name}`, () => {
    const decoder = new HpackDecoder();
    const decoded = blocks.map((block) => decoder.decode(hex(block), headLimits).fields);
    assert.deepEqual(decoded, lists);
  });
}

Deno.test("HpackEncoder encodes RFC 7541's C.4.1 and C.4.2 as they stand there", () => {
  const encoder = new HpackEncoder();
  const blocks = [first, second].map((list) => Buffer.from(encoder.encode(list)).toString("hex"));
  assert.deepEqual(blocks, ["828684418cf1e3c2e5f23a6ba0ab90f4ff", "828684be5886a8eb10649cbf"]);
});

Deno.test("HpackEncoder never indexes what may be a credential, also not in its table", () => {
  const names = [
    "authorization",
    "cookie",
    "x-api-key",
    "x-acme-token",
    "set-cookie",
    "api_secret",
  ];
  for (const name of names) {
    const encoder = new HpackEncoder();
    const list: HeaderList = [[name, "abcdefgh"]];
    const once = encoder.encode(list).slice();
    assert.equal((once[0] ?? 0) & 0xf0, 0x10, name);
    assert.deepEqual(encoder.encode(list), once);
  }
});

Deno.test("HpackEncoder writes a field that it knows in one byte", () => {
  const encoder = new HpackEncoder();
  const list: HeaderList = [["user-agent", "claude-code/2.0"], ["accept", "application/json"]];
  encoder.encode(list);
  assert.equal(encoder.encode(list).length, 2);
});

const name = fc.oneof(
  fc.constantFrom("accept", "x-a", "x-b", "authorization", ":path", "content-type", "etag"),
  fc.stringMatching(/^[a-z0-9-]{1,30}$/),
);
const value = fc.oneof(
  fc.constantFrom("", "gzip", "application/json", "/"),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes).toString("latin1")),
);
const list = fc.array(fc.tuple(name, value), { maxLength: 20 });
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ list }) },
  { weight: 1, arbitrary: fc.record({ size: fc.nat(5_000) }) },
);

Deno.test("HpackDecoder decodes what HpackEncoder encodes, whatever the table's size is changed to", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const encoder = new HpackEncoder();
      const decoder = new HpackDecoder();
      for (const one of steps) {
        if ("size" in one) encoder.setTableSize(one.size);
        else {
          const { fields } = decoder.decode(encoder.encode(one.list).slice(), headLimits);
          assert.deepEqual(fields, one.list);
        }
      }
    }),
    { numRuns: 300 },
  );
});

Deno.test("HpackDecoder refuses random bytes with an error of its own, or reads them", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 5 }), (blocks) => {
      const decoder = new HpackDecoder();
      try {
        for (const block of blocks) decoder.decode(block, headLimits);
      } catch (error) {
        assert.ok(error instanceof BottleError);
        assert.equal(error.code, "http2-compression-error");
      }
    }),
    { numRuns: 2000 },
  );
});

Deno.test("HpackDecoder keeps nothing of what is over the limits, and its table stays right", () => {
  const encoder = new HpackEncoder();
  const decoder = new HpackDecoder();
  const many: HeaderList = Array.from({ length: 9 }, (_, n) => [`x-${n}`, "v"] as const);
  const over = decoder.decode(encoder.encode(many).slice(), { bytes: 1_000, count: 3 });
  assert.deepEqual(over, { fields: many.slice(0, 3), isOver: true });
  const large = decoder.decode(encoder.encode([["x-large", "a".repeat(200)]]).slice(), {
    bytes: 100,
    count: 3,
  });
  assert.deepEqual(large, { fields: [], isOver: true });
  assert.deepEqual(decoder.decode(encoder.encode(many).slice(), headLimits).fields, many);
});

Deno.test("HpackEncoder forgets what a table had that was smaller for a moment", () => {
  const encoder = new HpackEncoder();
  const decoder = new HpackDecoder();
  const list: HeaderList = [["x-a", "b"]];
  decoder.decode(encoder.encode(list).slice(), headLimits);
  encoder.setTableSize(0);
  encoder.setTableSize(4_096);
  assert.deepEqual(decoder.decode(encoder.encode(list).slice(), headLimits).fields, list);
  assert.equal(encoder.encode(list).length, 1);
});

Deno.test("DynamicTable drops the oldest for the newest, and everything for what is too large", () => {
  const gone: string[] = [];
  const table = new DynamicTable(100, ([key]) => gone.push(key));
  for (const key of ["a", "b", "c"]) table.add([key, "1234567"]);
  assert.deepEqual([table.length, table.at(0), table.at(1)?.[0], table.at(2)], [
    2,
    [
      "c",
      "1234567",
    ],
    "b",
    undefined,
  ]);
  assert.equal(table.add(["d", "x".repeat(100)]), undefined);
  assert.deepEqual([table.length, gone], [0, ["a", "b", "c"]]);
});

Deno.test("HpackDecoder takes a block from the middle of a buffer", () => {
  const bytes = hex("ffff828684418cf1e3c2e5f23a6ba0ab90f4ffffff").subarray(2, 19);
  assert.deepEqual(new HpackDecoder().decode(bytes, headLimits).fields, first);
});
