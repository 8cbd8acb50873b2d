import assert from "node:assert/strict";
import { fc } from "../../../../../lib/deps/fast_check.ts";
import { bodyDecoder } from "../../../../../lib/egress/http1/body_decoder.ts";
import type { BodyFraming } from "../../../../../lib/egress/message.ts";
import { MessageReader } from "../../../../../lib/egress/http1/message_reader.ts";
import { writeChunk, writeLastChunk } from "../../../../../lib/egress/http1/writer.ts";
import { BottleError } from "../../../../../lib/errors.ts";
import { bytesOf, cut, textOf } from "./heads.ts";

interface Decoded {
  readonly body: string;
  readonly trailers?: unknown;
  /** Bytes that belong to what follows. */
  readonly rest?: string;
  readonly code?: string;
}

async function decode(framing: BodyFraming, pieces: readonly Uint8Array[]): Promise<Decoded> {
  const left = pieces.map((piece) => piece.slice());
  const reader = new MessageReader({ read: () => Promise.resolve(left.shift()) });
  const decoder = bodyDecoder(framing);
  let body = "";
  try {
    for (;;) {
      const piece = await reader.readBody(decoder);
      if (piece === undefined) break;
      body += textOf(piece);
    }
  } catch (error) {
    if (!(error instanceof BottleError)) throw error;
    return { body, code: error.code };
  }
  let rest = "";
  const all = bodyDecoder({ kind: "until-close" });
  for (let piece = await reader.readBody(all); piece; piece = await reader.readBody(all)) {
    rest += textOf(piece);
  }
  return { body, trailers: decoder.trailers, rest };
}

const chunked: BodyFraming = { kind: "chunked" };
const fragment = fc.constantFrom(
  "5\r\nhello\r\n",
  "3;a=b\r\nabc\r\n",
  "0\r\n",
  "\r\n",
  "X: y\r\n",
  "a",
  "\n",
  "\r",
  "00A\r\n0123456789\r\n",
);

Deno.test("a chunked body is the same however its bytes are cut", async () => {
  const stream = fc.array(fragment, { maxLength: 20 }).map((parts) => bytesOf(parts.join("")));
  await fc.assert(
    fc.asyncProperty(stream, fc.array(fc.nat(200)), async (bytes, places) => {
      assert.deepEqual(await decode(chunked, cut(bytes, places)), await decode(chunked, [bytes]));
    }),
    { numRuns: 1500 },
  );
});

Deno.test("a chunked body that we write decodes to what it was made of", async () => {
  const pieces = fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 }), { maxLength: 8 });
  await fc.assert(fc.asyncProperty(pieces, fc.array(fc.nat(3000)), async (parts, places) => {
    const wire = [...parts.map(writeChunk), writeLastChunk([["X", "y"]])].map(textOf).join("");
    const decoded = await decode(chunked, cut(bytesOf(`${wire}next`), places));
    const body = parts.map(textOf).join("");
    assert.deepEqual(decoded, { body, trailers: [["X", "y"]], rest: "next" });
  }));
});

const bad: readonly (readonly [name: string, bytes: string, code: string])[] = [
  ["no size", "\r\n", "http-malformed"],
  ["a size with a sign", "+5\r\nhello\r\n", "http-malformed"],
  ["a size with 0x", "0x5\r\nhello\r\n", "http-malformed"],
  ["a size with a space before", " 5\r\nhello\r\n", "http-malformed"],
  ["a size with a space behind", "5 \r\nhello\r\n", "http-malformed"],
  ["a size with an underscore", "5_0\r\nhello\r\n", "http-malformed"],
  ["a size of 14 digits", "00000000000005\r\nhello\r\n", "http-malformed"],
  ["a size beyond 2^64", "ffffffffffffffffff\r\n", "http-malformed"],
  ["a bare line feed after a size", "5\nhello\r\n", "http-malformed"],
  ["a carriage return in a size line", "5\r;x\r\nhello", "http-malformed"],
  ["a NUL in an extension", "5;\0\r\nhello\r\n", "http-malformed"],
  ["data that is longer", "5\r\nhello!\r\n", "http-malformed"],
  ["data that is shorter", "5\r\nhel\r\n0\r\n\r\n", "http-malformed"],
  ["a bare line feed after data", "5\r\nhello\n", "http-malformed"],
  ["a folded trailer", "0\r\nX: a\r\n b\r\n\r\n", "http-malformed"],
  ["a trailer without a colon", "0\r\nX\r\n\r\n", "http-malformed"],
  ["a line that does not end", `5;${"x".repeat(2000)}`, "http-too-large"],
  ["extensions without end", `1;${"x".repeat(1000)}\r\na\r\n`.repeat(20), "http-too-large"],
  ["33 trailers", `0\r\n${"X: a\r\n".repeat(33)}\r\n`, "http-too-large"],
  ["trailers of 10 kB", `0\r\n${`X: ${"a".repeat(990)}\r\n`.repeat(10)}\r\n`, "http-too-large"],
  ["an end in a size", "5", "http-truncated"],
  ["an end in data", "5\r\nhel", "http-truncated"],
  ["an end after data", "5\r\nhello\r\n", "http-truncated"],
  ["an end after the last chunk", "0\r\n", "http-truncated"],
];

for (const [name, bytes, code] of bad) {
  Deno.test(`a chunked body with ${name} is refused`, async () => {
    assert.equal((await decode(chunked, [bytesOf(bytes)])).code, code);
  });
}

Deno.test("a body with a length ends there, and not before", async () => {
  const framing: BodyFraming = { kind: "length", length: 5 };
  const whole = await decode(framing, [bytesOf("hel"), bytesOf("lonext")]);
  assert.deepEqual(whole, { body: "hello", trailers: [], rest: "next" });
  assert.deepEqual(await decode(framing, [bytesOf("hel")]), {
    body: "hel",
    code: "http-truncated",
  });
});

Deno.test("no body takes nothing, and one until the end takes all", async () => {
  assert.equal((await decode({ kind: "none" }, [bytesOf("next")])).rest, "next");
  assert.equal((await decode({ kind: "until-close" }, [bytesOf("a"), bytesOf("b")])).body, "ab");
});

Deno.test("MessageReader.readBody lets held pieces go before it waits, also inside a chunk's frame", async () => {
  const left = ["5\r\nhello\r\n", "0\r\n\r\n"].map(bytesOf);
  const reader = new MessageReader({ read: () => Promise.resolve(left.shift()) });
  const decoder = bodyDecoder(chunked);
  const waits: number[] = [];
  const beforeWait = (): Promise<void> => Promise.resolve(void waits.push(left.length));
  await reader.readBody(decoder, beforeWait);
  assert.deepEqual(waits, [2]);
  await reader.readBody(decoder, beforeWait);
  assert.deepEqual(waits, [2, 1]);
});

Deno.test("MessageReader.readHead tells an end between messages from one inside", async () => {
  const ended = new MessageReader({ read: () => Promise.resolve(undefined) });
  assert.equal(await ended.readHead(), undefined);
  const left = [bytesOf("GET / HT")];
  const cutOff = new MessageReader({ read: () => Promise.resolve(left.shift()) });
  let begun = 0;
  await assert.rejects(cutOff.readHead(() => begun++), { code: "http-truncated" });
  assert.equal(begun, 1);
});
