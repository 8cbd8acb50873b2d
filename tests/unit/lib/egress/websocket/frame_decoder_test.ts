import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { fc } from "../../../../../lib/deps/fast_check.ts";
import {
  FrameDecoder,
  type FrameDecoderOptions,
} from "../../../../../lib/egress/websocket/frame_decoder.ts";
import { writeFrame } from "../../../../../lib/egress/websocket/frame_writer.ts";
import { Opcode, type OpcodeNumber } from "../../../../../lib/egress/websocket/opcode.ts";

interface Frame {
  readonly opcode: OpcodeNumber;
  readonly isFinal: boolean;
  readonly isCompressed: boolean;
  readonly payload: string;
}

const FROM_SERVER: FrameDecoderOptions = { isMasked: false, isDeflateAgreed: true };
const FROM_CLIENT: FrameDecoderOptions = { isMasked: true, isDeflateAgreed: true };

function decode(pieces: readonly Uint8Array[], options: FrameDecoderOptions): Frame[] {
  const decoder = new FrameDecoder(options);
  const frames: Frame[] = [];
  let payload: Uint8Array[] = [];
  for (const piece of pieces) {
    for (let at = 0; at < piece.length;) {
      const step = decoder.step(piece.subarray(at));
      at += step.used;
      payload.push(step.data.slice());
      if (!step.isEnd || step.frame === undefined) continue;
      const { opcode, isFinal, isCompressed } = step.frame;
      frames.push({
        opcode,
        isFinal,
        isCompressed,
        payload: Buffer.concat(payload).toString("hex"),
      });
      payload = [];
    }
  }
  return frames;
}

const bad: readonly (readonly [name: string, bytes: number[], code?: string])[] = [
  ["RSV2", [0xa1, 0]],
  ["RSV3", [0x91, 0]],
  ["a reserved data opcode", [0x83, 0]],
  ["a reserved control opcode", [0x8b, 0]],
  ["a mask from a server", [0x81, 0x80, 1, 2, 3, 4]],
  ["a ping in parts", [0x09, 0]],
  ["a compressed ping", [0xc9, 0]],
  ["a ping of 126 bytes", [0x89, 126, 0, 126]],
  ["a close of 126 bytes", [0x88, 126, 0, 126]],
  ["16 bits for a length of 125", [0x82, 126, 0, 125]],
  ["64 bits for a length of 65,535", [0x82, 127, 0, 0, 0, 0, 0, 0, 0xff, 0xff]],
  ["a length of 64 bits", [0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 0]],
  ["a length of 2^62", [0x82, 127, 0x40, 0, 0, 0, 0, 0, 0, 0], "websocket-too-large"],
  ["a length over the limit", [0x82, 127, 0, 0, 0, 1, 0, 0, 0, 0], "websocket-too-large"],
  ["a continuation of nothing", [0x80, 0]],
  ["a continuation behind a whole message", [0x81, 0, 0x80, 0]],
  ["a message inside another", [0x01, 0, 0x81, 0]],
  ["a compressed continuation", [0x01, 0, 0xc0, 0]],
];

for (const [name, bytes, code = "websocket-malformed"] of bad) {
  Deno.test(`FrameDecoder refuses ${name}`, () => {
    assert.throws(() => decode([new Uint8Array(bytes)], FROM_SERVER), { code });
  });
}

Deno.test("FrameDecoder refuses a frame of a client without a mask", () => {
  assert.throws(() => decode([new Uint8Array([0x81, 0])], FROM_CLIENT), {
    code: "websocket-malformed",
  });
});

Deno.test("FrameDecoder refuses compression that was not agreed on", () => {
  const options = { isMasked: false, isDeflateAgreed: false };
  assert.throws(() => decode([new Uint8Array([0xc1, 0])], options), {
    code: "websocket-malformed",
  });
});

Deno.test("FrameDecoder counts a message's frames together, and no control frames", () => {
  const options = { ...FROM_SERVER, maxMessageBytes: 4 };
  const bytes = (...more: number[]): Uint8Array[] => [
    new Uint8Array([0x01, 2, 1, 2, 0x89, 3, 1, 2, 3, ...more]),
  ];
  assert.equal(decode(bytes(0x80, 2, 1, 2, 0x81, 4, 1, 2, 3, 4), options).length, 4);
  assert.throws(() => decode(bytes(0x80, 3, 1, 2, 3), options), { code: "websocket-too-large" });
});

Deno.test("FrameDecoder takes a control frame in the middle of a message", () => {
  const frames = decode([new Uint8Array([0x01, 1, 7, 0x8a, 0, 0x80, 1, 8])], FROM_SERVER);
  assert.deepEqual(frames.map((frame) => frame.opcode), [
    Opcode.text,
    Opcode.pong,
    Opcode.continuation,
  ]);
});

const payloads = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.nat(70_000).map((length) => new Uint8Array(length).fill(length & 0xff)),
);
const control = fc.record({
  opcode: fc.constantFrom(Opcode.ping, Opcode.pong, Opcode.close),
  payload: fc.uint8Array({ maxLength: 125 }),
});
/** One message in parts, control frames between them. */
const message = fc.record({
  opcode: fc.constantFrom(Opcode.text, Opcode.binary),
  isCompressed: fc.boolean(),
  parts: fc.array(payloads, { minLength: 1, maxLength: 4 }),
  between: fc.array(control, { maxLength: 2 }),
});

Deno.test("FrameDecoder reads what writeFrame writes, cut anywhere, masked or not", () => {
  fc.assert(
    fc.property(
      fc.array(message, { minLength: 1, maxLength: 3 }),
      fc.boolean(),
      fc.array(fc.nat(5_000), { maxLength: 8 }),
      fc.uint8Array({ minLength: 4, maxLength: 4 }),
      (messages, isMasked, cuts, key) => {
        const written: Uint8Array[] = [];
        const expected: Frame[] = [];
        const write = (frame: Omit<Frame, "payload">, payload: Uint8Array): void => {
          expected.push({ ...frame, payload: Buffer.from(payload).toString("hex") });
          const middle = payload.length >> 1;
          const pieces = [payload.subarray(0, middle), payload.subarray(middle)];
          written.push(writeFrame(frame, pieces, isMasked ? key : undefined));
        };
        for (const { opcode, isCompressed, parts, between } of messages) {
          for (const [index, part] of parts.entries()) {
            const isFirst = index === 0;
            write({
              opcode: isFirst ? opcode : Opcode.continuation,
              isFinal: index === parts.length - 1,
              isCompressed: isFirst && isCompressed,
            }, part);
            for (const one of between) {
              write({ opcode: one.opcode, isFinal: true, isCompressed: false }, one.payload);
            }
          }
        }
        const bytes = Buffer.concat(written);
        const pieces: Uint8Array[] = [];
        let at = 0;
        for (const cut of [...cuts, bytes.length]) {
          pieces.push(bytes.subarray(at, at + cut));
          at += cut;
        }
        assert.deepEqual(decode(pieces, { isMasked, isDeflateAgreed: true }), expected);
      },
    ),
    { numRuns: 150 },
  );
});

Deno.test("FrameDecoder takes any bytes without another error than its own", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, isMasked) => {
      try {
        decode([bytes], { isMasked, isDeflateAgreed: true });
      } catch (error) {
        assert.match(String(Reflect.get(Object(error), "code")), /^websocket-/);
      }
    }),
    { numRuns: 2_000 },
  );
});
