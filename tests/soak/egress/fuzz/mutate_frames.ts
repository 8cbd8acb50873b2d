/** Frames of HTTP/2 that are cut, swapped, of another type, length or stream, or stand where none may. */

import { Buffer } from "node:buffer";
import { frame, settings, text, Type, uint32 } from "../../../support/egress/http2/frames.ts";
import type { Random } from "../../random.ts";

const MAX_MUTATIONS = 3;
const TYPES = 11;
const HEAD_BYTES = 9;
/** Streams that a frame may be moved to: of the connection, used, new, even, the last there is. */
const STREAMS = [0, 1, 2, 3, 5, 7, 101, 0x7fffffff, 0x80000001] as const;

const INSERTED: readonly [Uint8Array, ...Uint8Array[]] = [
  frame(Type.priority, 0, 1, [0, 0, 0, 0, 1]),
  frame(Type.priority, 0, 3, [0, 0, 0, 3, 1]),
  frame(Type.reset, 0, 1, uint32(8)),
  frame(Type.reset, 0, 99, uint32(8)),
  frame(Type.reset, 0, 1, [0]),
  settings(),
  settings([1, 0]),
  settings([1, 0xffffffff]),
  settings([2, 1]),
  settings([3, 0]),
  settings([4, 0]),
  settings([4, 0xffffffff]),
  settings([5, 1]),
  settings([5, 0xffffff]),
  settings([6, 0]),
  settings([8, 1]),
  settings([0x99, 7]),
  frame(Type.settings, 1, 0),
  frame(Type.settings, 1, 0, [0]),
  frame(Type.settings, 0, 0, [0, 4, 0]),
  frame(Type.push, 4, 1, [...uint32(2), 0x82]),
  frame(Type.ping, 0, 0, new Uint8Array(8)),
  frame(Type.ping, 1, 0, new Uint8Array(8)),
  frame(Type.ping, 0, 0, [1]),
  frame(Type.goAway, 0, 0, [...uint32(0), ...uint32(0)]),
  frame(Type.goAway, 0, 0, [...uint32(1), ...uint32(2), ...text("bye")]),
  frame(Type.windowUpdate, 0, 0, uint32(0)),
  frame(Type.windowUpdate, 0, 0, uint32(0x7fffffff)),
  frame(Type.windowUpdate, 0, 1, uint32(0)),
  frame(Type.windowUpdate, 0, 1, uint32(0x7fffffff)),
  frame(Type.windowUpdate, 0, 1, uint32(1)),
  frame(Type.continuation, 4, 1, [0x82]),
  frame(Type.data, 1, 1, text("more")),
  frame(Type.data, 8, 1, [200, 1, 2]),
  frame(Type.data, 0, 0, text("nobody's")),
  frame(Type.headers, 5, 1, [0x82, 0x87]),
  frame(Type.headers, 0x2d, 3, [9, 0, 0, 0, 3, 1, 0x82]),
  frame(Type.headers, 4, 5, [0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]),
  frame(Type.headers, 4, 5, [0x3f, 0xff, 0xff, 0x7f]),
  frame(0xbe, 0xff, 1, text("unknown")),
];

/** The frames, mutated, as one run of bytes. */
export function mutatedFrames(random: Random, frames: readonly Uint8Array[]): Uint8Array {
  let list: readonly Uint8Array[] = frames.map((bytes) => bytes.slice());
  for (let left = random.below(MAX_MUTATIONS) + 1; left > 0; left--) list = mutate(random, list);
  const bytes = Buffer.concat(list);
  if (!random.chance(1 / 8)) return bytes;
  return bytes.subarray(0, random.below(bytes.length + 1));
}

function mutate(random: Random, list: readonly Uint8Array[]): Uint8Array[] {
  const at = random.below(list.length);
  const before = list.slice(0, at);
  const after = list.slice(at + 1);
  const bytes = list[at]?.slice() ?? new Uint8Array();
  // What was cut before has no head to change.
  switch (random.below(bytes.length < HEAD_BYTES ? 4 : 10)) {
    case 0:
      return [...before, ...after];
    case 1:
      return [...after, bytes, ...before];
    case 2:
      return [...before, bytes, bytes, ...after];
    case 3:
      return [...before, random.pick(INSERTED), bytes, ...after];
    case 4:
      return [...before, bytes.subarray(0, random.below(bytes.length + 1)), ...after];
    case 5:
      bytes.set([0, random.chance(1 / 8) ? 255 : 0, random.below(256)]);
      return [...before, bytes, ...after];
    case 6:
      bytes.set([random.below(TYPES)], 3);
      return [...before, bytes, ...after];
    case 7:
      bytes.set([random.below(256)], 4);
      return [...before, bytes, ...after];
    case 8:
      bytes.set(uint32(random.pick(STREAMS)), 5);
      return [...before, bytes, ...after];
    default:
      for (let flips = 1 + random.below(4); flips > 0 && bytes.length > HEAD_BYTES; flips--) {
        bytes.set([random.below(256)], HEAD_BYTES + random.below(bytes.length - HEAD_BYTES));
      }
      return [...before, bytes, ...after];
  }
}
