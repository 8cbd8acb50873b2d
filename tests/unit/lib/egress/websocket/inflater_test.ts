import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { constants, createDeflateRaw, deflateRawSync } from "node:zlib";
import { fc } from "../../../../../lib/deps/fast_check.ts";
import { Inflater } from "../../../../../lib/egress/websocket/inflater.ts";

/** Compresses messages with one window, as a sender with context takeover does. */
async function compressAll(messages: readonly Uint8Array[]): Promise<Uint8Array[]> {
  const stream = createDeflateRaw();
  const compressed: Uint8Array[] = [];
  let parts: Uint8Array[] = [];
  stream.on("data", (part: Uint8Array) => parts.push(part));
  for (const message of messages) {
    const done = Promise.withResolvers<void>();
    stream.write(message);
    stream.flush(constants.Z_SYNC_FLUSH, () => done.resolve());
    await done.promise;
    const whole = Buffer.concat(parts);
    parts = [];
    compressed.push(whole.subarray(0, whole.length - 4));
  }
  stream.close();
  return compressed;
}

async function inflate(inflater: Inflater, pieces: readonly Uint8Array[]): Promise<string> {
  const parts: Uint8Array[] = [];
  const take = (part: Uint8Array): Promise<void> => Promise.resolve(void parts.push(part));
  for (const piece of pieces) await inflater.push(piece, take);
  await inflater.endMessage(take);
  return Buffer.concat(parts).toString("hex");
}

Deno.test("Inflater reads messages that share a window, cut anywhere", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ minLength: 1, maxLength: 200 }), { minLength: 1, maxLength: 6 }),
      fc.nat(20),
      async (texts, cut) => {
        const messages = texts.map((text) => new TextEncoder().encode(text.repeat(3)));
        const compressed = await compressAll(messages);
        using inflater = new Inflater();
        for (const [index, bytes] of compressed.entries()) {
          const pieces = [bytes.subarray(0, cut), bytes.subarray(cut)];
          const expected = Buffer.from(messages[index] ?? []).toString("hex");
          assert.equal(await inflate(inflater, pieces), expected);
        }
      },
    ),
    { numRuns: 40 },
  );
});

Deno.test("Inflater reads messages whose last block says so, one after the other", async () => {
  using inflater = new Inflater();
  for (const text of ["one", "two", "three"]) {
    const bytes = deflateRawSync(Buffer.from(text));
    assert.equal(await inflate(inflater, [bytes]), Buffer.from(text).toString("hex"));
  }
});

Deno.test("Inflater reads the example of an empty message", async () => {
  using inflater = new Inflater();
  // RFC 7692, 7.2.3.6.
  assert.equal(await inflate(inflater, [new Uint8Array([0])]), "");
});

Deno.test("Inflater refuses what is not compressed", async () => {
  using inflater = new Inflater();
  await assert.rejects(inflate(inflater, [new Uint8Array([7, 1, 2, 3])]), {
    code: "websocket-data",
  });
});

Deno.test("Inflater refuses a reference to before the first message", async () => {
  using inflater = new Inflater();
  const [, second = new Uint8Array()] = await compressAll([
    Buffer.from("a text that is long enough to be referred to"),
    Buffer.from("a text that is long enough to be referred to"),
  ]);
  await assert.rejects(inflate(inflater, [second]), { code: "websocket-data" });
});

Deno.test("Inflater reads a last block with an empty one behind it", async () => {
  using inflater = new Inflater();
  // RFC 7692, 7.2.3.4.
  const bytes = Buffer.from("f348cdc9c9070000", "hex");
  assert.equal(await inflate(inflater, [bytes]), Buffer.from("Hello").toString("hex"));
  const pieces = [...bytes].map((byte) => new Uint8Array([byte]));
  assert.equal(await inflate(inflater, pieces), Buffer.from("Hello").toString("hex"));
});

Deno.test("Inflater refuses data that ends again and again", async () => {
  using inflater = new Inflater();
  const bytes = deflateRawSync(Buffer.from("one"));
  await assert.rejects(inflate(inflater, [bytes, bytes, bytes]), { code: "websocket-data" });
});

Deno.test("Inflater refuses a bomb long before it is inflated", async () => {
  using inflater = new Inflater();
  const bomb = deflateRawSync(new Uint8Array(64 * 1024 * 1024));
  let taken = 0;
  const take = (part: Uint8Array): Promise<void> => Promise.resolve(void (taken += part.length));
  await assert.rejects(inflater.push(bomb, take), { code: "websocket-too-large" });
  assert.ok(taken < 8 * 1024 * 1024, String(taken));
});
