import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { deflateRawSync } from "node:zlib";
import { fc } from "../../../../../lib/deps/fast_check.ts";
import { BottleError } from "../../../../../lib/errors.ts";
import { FrameDecoder } from "../../../../../lib/egress/websocket/frame_decoder.ts";
import { writeFrame } from "../../../../../lib/egress/websocket/frame_writer.ts";
import {
  isControl,
  Opcode,
  type OpcodeNumber,
} from "../../../../../lib/egress/websocket/opcode.ts";
import { redactingFilter } from "../../../../../lib/egress/scan/secret_finder.ts";
import type { ByteDuplex } from "../../../../../sidecars/egress/body/body.ts";
import { defaultLimits } from "../../../../../sidecars/egress/limits.ts";
import { ExchangeRecord } from "../../../../../sidecars/egress/exchange/record.ts";
import { Watchdog } from "../../../../../sidecars/egress/watchdog.ts";
import { relayWebSocket } from "../../../../../sidecars/egress/websocket/websocket.ts";
import { memoryDuplex } from "../../../../support/egress/memory_duplex.ts";

const SECRET = "sk-marker-0123456789abcdef";
const KEY = new Uint8Array([9, 8, 7, 6]);

const text = fc.oneof(
  fc.string({ maxLength: 60 }),
  fc.constantFrom(
    SECRET,
    `{"a":"${SECRET}"}`,
    SECRET.slice(0, 9),
    SECRET.slice(9),
    "x".repeat(9_000),
  ),
);

/** One message, cut into frames, or something between messages. */
const message = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      texts: fc.array(text, { minLength: 1, maxLength: 3 }),
      isCompressed: fc.boolean(),
      cut: fc.integer({ min: 1, max: 5_000 }),
      ping: fc.option(fc.string({ maxLength: 20 })),
    }).map(messageFrames),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      opcode: fc.constantFrom(...Object.values(Opcode)),
      isFinal: fc.boolean(),
      isCompressed: fc.boolean(),
      payload: fc.uint8Array({ maxLength: 130 }),
    }).map((frame) => [frame]),
  },
);
const frames = fc.array(message, { maxLength: 6 }).map((messages) => messages.flat());

interface Frame {
  readonly opcode: OpcodeNumber;
  readonly isFinal: boolean;
  readonly isCompressed: boolean;
  readonly payload: Uint8Array;
}

function messageFrames({ texts, isCompressed, cut, ping }: {
  readonly texts: readonly string[];
  readonly isCompressed: boolean;
  readonly cut: number;
  readonly ping: string | null;
}): Frame[] {
  const plain = Buffer.from(texts.join(""));
  const whole = isCompressed ? deflateRawSync(plain, { finishFlush: 2 }).subarray(0, -4) : plain;
  const made: Frame[] = [];
  for (let at = 0; at === 0 || at < whole.length; at += cut) {
    const isFirst = at === 0;
    made.push({
      opcode: isFirst ? Opcode.text : Opcode.continuation,
      isFinal: at + cut >= whole.length,
      isCompressed: isFirst && isCompressed,
      payload: whole.subarray(at, at + cut),
    });
    if (ping === null) continue;
    const payload = Buffer.from(ping).subarray(0, 125);
    made.push({ opcode: Opcode.ping, isFinal: true, isCompressed: false, payload });
  }
  return made;
}

/** A byte here and there is another. */
const mutations = fc.array(fc.tuple(fc.nat(2_000), fc.nat(255)), { maxLength: 1 });

const side = fc.record({ frames, mutations, cut: fc.integer({ min: 1, max: 400 }) });

Deno.test("relayWebSocket comes to an end whatever both sides send, with frames that are right and no secret", async () => {
  using watchdog = new Watchdog();
  await fc.assert(
    fc.asyncProperty(side, side, fc.boolean(), async (fromClient, fromUpstream, isFiltered) => {
      const [client, proxyToClient] = memoryDuplex();
      const [upstream, proxyToUpstream] = memoryDuplex();
      const filter = (): ReturnType<typeof redactingFilter> => redactingFilter([SECRET]);
      const watch = watchdog.watch();
      const relaying = relayWebSocket({
        client: proxyToClient,
        upstream: proxyToUpstream,
        isDeflateAgreed: true,
        outbound: isFiltered ? filter : undefined,
        inbound: isFiltered ? filter : undefined,
        watch,
        limits: { ...defaultLimits, lingerMs: 20 },
        record: new ExchangeRecord(),
        closing: new AbortController().signal,
      }).then(() => undefined, (error: unknown) => error).finally(() => {
        // As whoever carries an exchange out does: a peer that is still writing would write for ever.
        proxyToClient.destroy();
        proxyToUpstream.destroy();
      });
      const seen = Promise.all([readAll(client, false), readAll(upstream, true)]);
      await Promise.all([
        send(client, bytesOf(fromClient, true), fromClient.cut),
        send(upstream, bytesOf(fromUpstream, false), fromUpstream.cut),
      ]);
      const error = await relaying;
      watch.end();
      client.destroy();
      upstream.destroy();
      assert.ok(error === undefined || error instanceof BottleError, String(error));
      for (const text of await seen) assert.ok(!isFiltered || !text.includes(SECRET));
    }),
    { numRuns: 300 },
  );
});

type Side = typeof side extends fc.Arbitrary<infer T> ? T : never;

function bytesOf({ frames, mutations }: Side, isClient: boolean): Uint8Array {
  const bytes = Buffer.concat(
    frames.map(({ payload, ...frame }) => writeFrame(frame, [payload], isClient ? KEY : undefined)),
  );
  for (const [at, value] of mutations) if (at < bytes.length) bytes[at] = value;
  return bytes;
}

async function send(duplex: ByteDuplex, bytes: Uint8Array, cut: number): Promise<void> {
  try {
    for (let at = 0; at < bytes.length; at += cut) await duplex.write(bytes.subarray(at, at + cut));
    duplex.end();
  } catch {
    // Cut.
  }
}

/** The payloads of all messages that come. @throws where it is no proper frame */
async function readAll(duplex: ByteDuplex, isMasked: boolean): Promise<string> {
  const decoder = new FrameDecoder({ isMasked, isDeflateAgreed: true });
  let text = "";
  for (;;) {
    let bytes: Uint8Array | undefined;
    try {
      bytes = await duplex.read();
    } catch {
      return text;
    }
    if (bytes === undefined) return text;
    for (let at = 0; at < bytes.length;) {
      const step = decoder.step(bytes.subarray(at));
      at += step.used;
      if (step.frame === undefined || isControl(step.frame.opcode)) continue;
      text += Buffer.from(step.data).toString("latin1");
    }
  }
}
