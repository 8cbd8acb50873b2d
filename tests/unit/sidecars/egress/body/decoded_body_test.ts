import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import zlib from "node:zlib";
import type { Coding } from "../../../../../lib/egress/response/content_coding.ts";
import { redactingFilter } from "../../../../../lib/egress/scan/secret_finder.ts";
import type { ByteFilter } from "../../../../../lib/egress/scan/byte_filter.ts";
import { BottleError } from "../../../../../lib/errors.ts";
import { decodedBody, watchedBody } from "../../../../../sidecars/egress/body/decoded_body.ts";
import { filteredBody } from "../../../../../sidecars/egress/body/filtered_body.ts";
import { cutInto, piecesBody, readAll } from "../../../../support/egress/pieces_body.ts";

/** Fast: what it makes is as good a brotli as any. */
function encodeBrotli(data: Uint8Array): Buffer {
  return zlib.brotliCompressSync(data, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 3 } });
}

const encoders: readonly (readonly [name: string, Coding, (data: Uint8Array) => Buffer])[] = [
  ["gzip", "gzip", (data) => zlib.gzipSync(data)],
  ["deflate", "deflate", (data) => zlib.deflateSync(data)],
  ["deflate without its header", "deflate", (data) => zlib.deflateRawSync(data)],
  ["br", "br", encodeBrotli],
  ["zstd", "zstd", (data) => zlib.zstdCompressSync(data)],
];
const blame = (error: BottleError): BottleError =>
  new BottleError(error.message, { code: "upstream-protocol" });
const text = Array.from({ length: 2_000 }, (_, n) => `line ${n} ${n * 7919}\n`).join("");
const plain = Buffer.from(text);

function isBlamed(error: unknown): boolean {
  return error instanceof BottleError && error.code === "upstream-protocol";
}

for (const [name, coding, encode] of encoders) {
  const coded = encode(plain);

  Deno.test(`decodedBody reads ${name}, however it is cut`, async () => {
    for (const size of [1, 7, 1000, coded.length]) {
      const body = decodedBody(piecesBody(cutInto(coded, size)), [coding], blame);
      assert.equal(await readAll(body), text, `pieces of ${size}`);
      assert.equal(body.isDone, true);
      assert.deepEqual(body.trailers, [["x-sum", "1"]]);
    }
  });

  Deno.test(`decodedBody refuses ${name} that ends too early, or goes on behind its end`, async () => {
    const wrong = [
      coded.subarray(0, -1),
      coded.subarray(0, -5),
      coded.subarray(0, coded.length >> 1),
      coded.subarray(0, 3),
      Buffer.concat([coded, Buffer.from("behind")]),
      Buffer.from("no such coding at all"),
    ];
    for (const [index, bytes] of wrong.entries()) {
      for (const size of [64, bytes.length]) {
        const body = decodedBody(piecesBody(cutInto(bytes, size)), [coding], blame);
        await assert.rejects(readAll(body), isBlamed, `${index}, pieces of ${size}`);
      }
    }
  });

  Deno.test(`decodedBody takes an empty body that is said to be ${name}`, async () => {
    assert.equal(await readAll(decodedBody(piecesBody([]), [coding], blame)), "");
  });

  Deno.test(`decodedBody ends ${name} that grows too much, before it is in memory`, async () => {
    const bomb = encode(Buffer.alloc(24 * 1024 * 1024));
    const body = decodedBody(piecesBody([bomb]), [coding], blame);
    let size = 0;
    await assert.rejects(async () => {
      for (let piece = await body.read(); piece !== undefined; piece = await body.read()) {
        size += piece.length;
      }
    }, isBlamed);
    assert.ok(size <= Math.max(8 * 1024 * 1024, bomb.length * 200), `${size}`);
  });

  Deno.test(`watchedBody passes ${name} on as it is, and looks at what it says`, async () => {
    let seen = 0;
    const filter: ByteFilter = { push: (piece) => void (seen += piece.length), end: () => {} };
    const body = watchedBody(piecesBody(cutInto(coded, 999)), [coding], filter, blame);
    assert.equal(await readAll(body), coded.toString("latin1"));
    assert.equal(seen, plain.length);
    const broken = watchedBody(piecesBody([coded.subarray(0, -1)]), [coding], filter, blame);
    await assert.rejects(readAll(broken), isBlamed);
  });
}

Deno.test("decodedBody reads codings in one another, and members that follow each other", async () => {
  const nested = encodeBrotli(zlib.zstdCompressSync(zlib.gzipSync(plain)));
  for (const size of [3, 500, nested.length]) {
    const body = decodedBody(piecesBody(cutInto(nested, size)), ["gzip", "zstd", "br"], blame);
    assert.equal(await readAll(body), text);
  }
  for (const encode of [zlib.gzipSync, zlib.zstdCompressSync]) {
    const two = Buffer.concat([encode(plain), encode(plain)]);
    const coding = encode === zlib.gzipSync ? "gzip" : "zstd";
    for (const size of [3, 500, two.length]) {
      assert.equal(
        await readAll(decodedBody(piecesBody(cutInto(two, size)), [coding], blame)),
        text + text,
        `${coding}, pieces of ${size}`,
      );
    }
  }
});

Deno.test("decodedBody gives out what a flush has brought before it asks for more", async () => {
  const coders = [
    ["gzip", zlib.createGzip()],
    ["deflate", zlib.createDeflate()],
    ["br", zlib.createBrotliCompress()],
    ["zstd", zlib.createZstdCompress()],
  ] as const;
  for (const [coding, coder] of coders) {
    const pieces: Uint8Array[] = [];
    const flushed = async (event: string): Promise<void> => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const parts: Buffer[] = [];
      const take = (part: Buffer): void => void parts.push(part);
      coder.on("data", take);
      coder.write(event, () => coder.flush(resolve));
      await promise;
      coder.off("data", take);
      pieces.push(Buffer.concat(parts));
    };
    await flushed("data: 1\n\n");
    await flushed("data: 2\n\n");
    let reads = 0;
    const body = decodedBody(piecesBody(pieces, () => reads++), [coding], blame);
    assert.equal(Buffer.from(await body.read() ?? []).toString(), "data: 1\n\n", coding);
    assert.equal(reads, 1, coding);
    assert.equal(Buffer.from(await body.read() ?? []).toString(), "data: 2\n\n", coding);
    coder.destroy();
    await assert.rejects(readAll(body), isBlamed);
  }
});

Deno.test("filteredBody overwrites what lies across pieces, and keeps length and trailers", async () => {
  const secret = "sk-12345678-abcdefgh";
  const bytes = Buffer.from(`a ${secret} b`);
  for (let size = 1; size <= bytes.length; size++) {
    const body = filteredBody(piecesBody(cutInto(bytes, size)), redactingFilter([secret]));
    const shown = await readAll(body);
    assert.equal(shown.length, bytes.length);
    assert.match(shown, /^a (?:s(?:k(?:-1?)?)?)?\*+ b$/);
    assert.deepEqual(body.trailers, [["x-sum", "1"]]);
    assert.equal(body.isDone, true);
  }
});

Deno.test("filteredBody lets out what came before it waits for more", async () => {
  const waits: number[] = [];
  let read = 0;
  const pieces = [Buffer.from("data: 1\n\n"), Buffer.from("data: 2\n\n")];
  const body = filteredBody(piecesBody(pieces), redactingFilter(["sk-12345678-abcdefgh"]));
  const beforeWait = (): Promise<void> => {
    waits.push(read);
    return Promise.resolve();
  };
  for (; await body.read(beforeWait) !== undefined; read++);
  assert.deepEqual(waits, [0, 1, 2]);
});
