import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { fc } from "../../../../../lib/deps/fast_check.ts";
import { ByteScanner, scanBytes } from "../../../../support/marker_search/byte_scanner.ts";
import { ManyNeedles } from "../../../../support/marker_search/many_needles.ts";
import {
  needleFromText,
  needlesOf,
  needleToText,
} from "../../../../support/marker_search/needle.ts";

const marker = "MARKER0123456789abcdef?~";

/** The marker as others might carry it. */
const carried: readonly [form: string, bytes: Uint8Array][] = [
  ["plain", Buffer.from(`a=${marker}\n`)],
  ["utf-16", Buffer.from(`"${marker}"`, "utf16le")],
  ["reversed", Buffer.from([...marker].reverse().join(""))],
  ["hex", Buffer.from(Buffer.from(marker).toString("hex"))],
  ["upper hex", Buffer.from(Buffer.from(marker).toString("hex").toUpperCase())],
  ...["", "x", "xy", "xyz"].flatMap((before): [string, Uint8Array][] =>
    (["base64", "base64url"] as const).map((encoding) => [
      `${encoding} after ${before.length} bytes`,
      Buffer.from(Buffer.from(`${before}${marker} and more`).toString(encoding)),
    ])
  ),
];

for (const [form, bytes] of carried) {
  Deno.test(`needlesOf finds a marker carried as ${form}`, () => {
    assert.notDeepEqual(scanBytes(needlesOf(marker), bytes), []);
  });
}

Deno.test("needlesOf finds nothing in a marker that differs in its last character", () => {
  for (const [, bytes] of carried) {
    const other = needlesOf(`${marker.slice(0, -1)}!`);
    assert.deepEqual(scanBytes(other, bytes).filter(({ form }) => !form.startsWith("base64")), []);
  }
});

Deno.test("needlesOf refuses a marker that would be found by chance", () => {
  assert.throws(() => needlesOf("short"));
  assert.throws(() => needlesOf("with a blank in it"));
});

Deno.test("needleFromText gives back what needleToText took", () => {
  for (const needle of needlesOf(marker)) {
    const { bytes, ...rest } = needleFromText(JSON.parse(JSON.stringify(needleToText(needle))));
    assert.deepEqual({ ...rest, bytes: [...bytes] }, { ...needle, bytes: [...needle.bytes] });
  }
});

Deno.test("ByteScanner finds a needle once wherever the chunks are cut, and tells what follows", () => {
  const text = Buffer.from(`${"x".repeat(90)}${marker}-tail of it${"y".repeat(90)}`);
  fc.assert(fc.property(
    fc.array(fc.integer({ min: 1, max: text.length }), { maxLength: 6 }),
    (cuts) => {
      const scanner = new ByteScanner(needlesOf(marker));
      let from = 0;
      for (const cut of [...cuts.sort((a, b) => a - b), text.length]) {
        scanner.push(text.subarray(from, cut));
        from = cut;
      }
      scanner.end();
      assert.deepEqual(scanner.hits, [{ marker, form: "plain", tail: "-tail" }]);
    },
  ));
});

Deno.test("ByteScanner finds nothing across a gap", () => {
  const scanner = new ByteScanner(needlesOf(marker));
  scanner.push(Buffer.from(marker.slice(0, 10)));
  scanner.end();
  scanner.push(Buffer.from(marker.slice(10)));
  scanner.end();
  assert.deepEqual(scanner.hits, []);
});

Deno.test("ManyNeedles finds what a plain search finds", () => {
  const letters = fc.uint8Array({ min: 0, max: 2, minLength: 2, maxLength: 5 });
  fc.assert(fc.property(
    fc.array(letters, { minLength: 1, maxLength: 4 }),
    fc.uint8Array({ min: 0, max: 2, maxLength: 60 }),
    (needles, bytes) => {
      const found: string[] = [];
      new ManyNeedles(needles).search(bytes, (needle, at) => found.push(`${needle}@${at}`));
      const expected = needles.flatMap((needle, index) =>
        Array.from(bytes.keys()).filter((at) =>
          Buffer.from(bytes).subarray(at, at + needle.length).equals(needle)
        ).map((at) => `${index}@${at}`)
      );
      assert.deepEqual(found.sort(), expected.sort());
    },
  ));
});

Deno.test("ManyNeedles takes a needle longer than its shift table counts", () => {
  const needle = Buffer.from("ab".repeat(400));
  const found: number[] = [];
  new ManyNeedles([needle]).search(
    Buffer.concat([Buffer.alloc(1000), needle]),
    (_needle, at) => found.push(at),
  );
  assert.deepEqual(found, [1000]);
});
