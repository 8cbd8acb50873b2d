import assert from "node:assert/strict";
import { FrameCheck, mutatedWebSocket } from "../../../../../soak/egress/fuzz/websocket_frames.ts";
import { seededRandom } from "../../../../../soak/random.ts";
import { closing, frame } from "../../../../../support/egress/websocket.ts";

function faultOf(text: string, isMasked = false): string | undefined {
  const check = new FrameCheck(isMasked, false);
  for (const one of text) check.take(Uint8Array.of(one.charCodeAt(0)));
  return check.fault;
}

Deno.test("FrameCheck finds nothing wrong with whole, fragmented and closing frames, byte by byte", () => {
  const text = frame(0x01, "a", false) + frame(0x89, "", false) + frame(0x80, "b", false) +
    frame(0x82, "x".repeat(70_000), false) + frame(0x88, closing(1000), false);
  assert.equal(faultOf(text), undefined);
  assert.equal(faultOf(frame(0x81, "a", true), true), undefined);
});

for (
  const [what, text] of [
    ["a masked frame of a server", frame(0x81, "a", true)],
    ["a reserved opcode", frame(0x83, "a", false)],
    ["a compressed frame that nobody agreed on", frame(0xc1, "a", false)],
    ["a part of nothing", frame(0x80, "a", false)],
    ["a message in a message", frame(0x01, "a", false) + frame(0x81, "b", false)],
    ["a ping in parts", frame(0x09, "a", false)],
    ["a long ping", frame(0x89, "a".repeat(126), false)],
    ["a length that takes more bytes than it needs", "\x81\x7e\0\x01a"],
    ["a frame after the close", frame(0x88, "", false) + frame(0x81, "a", false)],
  ] as const
) {
  Deno.test(`FrameCheck tells of ${what}`, () => assert.notEqual(faultOf(text), undefined));
}

Deno.test("mutatedWebSocket makes the same frames of the same seed, and others of another", () => {
  const bytes = (seed: number): Uint8Array => mutatedWebSocket(seededRandom(seed), true);
  assert.deepEqual(bytes(1), bytes(1));
  assert.notDeepEqual(bytes(1), bytes(2));
});
