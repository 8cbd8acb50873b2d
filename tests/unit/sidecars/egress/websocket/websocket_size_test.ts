import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { deflateRawSync } from "node:zlib";
import { FrameDecoder } from "../../../../../lib/egress/websocket/frame_decoder.ts";
import { writeFrame } from "../../../../../lib/egress/websocket/frame_writer.ts";
import { redactingFilter } from "../../../../../lib/egress/scan/secret_finder.ts";
import type { ByteDuplex } from "../../../../../sidecars/egress/body/body.ts";
import { defaultLimits } from "../../../../../sidecars/egress/limits.ts";
import { ExchangeRecord } from "../../../../../sidecars/egress/exchange/record.ts";
import { Watchdog } from "../../../../../sidecars/egress/watchdog.ts";
import {
  relayWebSocket,
  type WebSocketJob,
} from "../../../../../sidecars/egress/websocket/websocket.ts";

const SECRET = "sk-marker-0123456789abcdef";
const MIB = 1024 * 1024;
const PIECE = 64 * 1024;

interface Seen {
  /** Payload bytes that came out. */
  payload: number;
  /** The most that had been read and not written, in bytes. */
  mostHeld: number;
  longestWrite: number;
  secrets: number;
}

/** Sends one binary frame of so many pieces, made as they are asked for, and a close. */
async function relayOne(
  head: Uint8Array,
  pieces: number,
  pieceAt: (index: number) => Uint8Array,
  options: Partial<WebSocketJob>,
): Promise<Seen> {
  using watchdog = new Watchdog();
  const seen: Seen = { payload: 0, mostHeld: 0, longestWrite: 0, secrets: 0 };
  const decoder = new FrameDecoder({ isMasked: false, isDeflateAgreed: true });
  const close = writeFrame({ opcode: 8, isFinal: true, isCompressed: false }, [], undefined);
  let read = 0;
  let written = 0;
  let at = -1;
  const upstream: ByteDuplex = {
    read: () => {
      const bytes = at < 0 ? head : at < pieces ? pieceAt(at) : at === pieces ? close : undefined;
      at++;
      read += bytes?.length ?? 0;
      seen.mostHeld = Math.max(seen.mostHeld, read - written);
      return Promise.resolve(bytes);
    },
    write: () => Promise.resolve(),
    end: () => {},
    destroy: () => {},
  };
  const closed = Promise.withResolvers<undefined>();
  const client: ByteDuplex = {
    read: () => closed.promise,
    write: async (bytes) => {
      await new Promise((resolve) => setImmediate(resolve));
      written += bytes.length;
      seen.longestWrite = Math.max(seen.longestWrite, bytes.length);
      for (let start = 0; start < bytes.length;) {
        const step = decoder.step(bytes.subarray(start));
        start += step.used;
        seen.payload += step.data.length;
        if (Buffer.from(step.data).includes(SECRET)) seen.secrets++;
        if (step.frame?.opcode === 8 && step.isEnd) closed.resolve(undefined);
      }
    },
    end: () => {},
    destroy: () => {},
  };
  await relayWebSocket({
    client,
    upstream,
    isDeflateAgreed: true,
    outbound: undefined,
    inbound: undefined,
    watch: watchdog.watch(),
    limits: defaultLimits,
    record: new ExchangeRecord(),
    closing: new AbortController().signal,
    ...options,
  });
  return seen;
}

/** The head of a server's frame that is longer than 64 KiB. */
function longHead(length: number, first: number): Uint8Array {
  const head = new Uint8Array(10);
  head[0] = first;
  head[1] = 127;
  new DataView(head.buffer).setBigUint64(2, BigInt(length));
  return head;
}

for (const isFiltered of [false, true]) {
  const how = isFiltered ? "is looked at" : "nothing looks at";
  Deno.test(`relayWebSocket holds little of a message of 64 MiB that ${how}`, async () => {
    const count = 64 * MIB / PIECE;
    // Across the border of each two pieces.
    const text = Buffer.alloc(PIECE, "x");
    text.write(SECRET.slice(9));
    text.write(SECRET.slice(0, 9), PIECE - 9);
    const seen = await relayOne(
      longHead(64 * MIB, 0x82),
      count,
      () => Buffer.from(text),
      isFiltered ? { inbound: () => redactingFilter([SECRET]) } : {},
    );
    assert.equal(seen.payload, 64 * MIB);
    assert.ok(seen.mostHeld <= 4 * PIECE, String(seen.mostHeld));
    assert.ok(seen.longestWrite <= 4 * PIECE, String(seen.longestWrite));
    assert.equal(seen.secrets, 0);
  });
}

Deno.test("relayWebSocket holds little of a compressed message of 64 MiB that is looked at", async () => {
  const line = `{"type":"delta","text":"${"some words and a number, 123456789 ".repeat(20)}"}\n`;
  const text = Buffer.alloc(64 * MIB, line);
  text.write(SECRET, 33 * MIB - 5);
  const compressed = deflateRawSync(text, { finishFlush: 2, level: 1 }).subarray(0, -4);
  const count = Math.ceil(compressed.length / PIECE);
  const seen = await relayOne(
    longHead(compressed.length, 0xc2),
    count,
    (index) => Buffer.from(compressed.subarray(index * PIECE, (index + 1) * PIECE)),
    { inbound: () => redactingFilter([SECRET]) },
  );
  assert.equal(seen.payload, 64 * MIB);
  assert.equal(seen.secrets, 0);
  assert.ok(seen.longestWrite <= 2 * MIB, String(seen.longestWrite));
});
