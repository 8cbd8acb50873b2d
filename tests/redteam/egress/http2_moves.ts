/** Moves in HTTP/2: frames by hand, through a tunnel whose TLS has agreed on it. */

import { Buffer } from "node:buffer";
import { concatBytes } from "../../../lib/concat_bytes.ts";
import { HpackDecoder } from "../../../lib/egress/http2/hpack_decoder.ts";
import { headLimits } from "../../../lib/egress/http2/limits.ts";
import {
  codeOf,
  data,
  END_HEADERS,
  END_STREAM,
  headers,
  PREFACE,
  type RawFrame,
  readFrames,
  settings,
  text,
  Type,
} from "../../support/egress/http2/frames.ts";
import type { Move } from "./moves.ts";
import type { Stage } from "./stage.ts";

/** Names and values of a head, in their order. */
export type Fields = readonly (readonly [name: string, value: string])[];

/** A head that nothing is wrong with. */
export const GET: Fields = [
  [":method", "GET"],
  [":scheme", "https"],
  [":authority", "{open}"],
  [":path", "/front"],
];

/** The same with a body. */
export const POST: Fields = [[":method", "POST"], ...GET.slice(1)];

/** With another value; undefined: without the field. */
export function changed(fields: Fields, name: string, value?: string): Fields {
  return fields.flatMap(([key, old]) => {
    if (key !== name) return [[key, old] as const];
    return value === undefined ? [] : [[key, value] as const];
  });
}

/** Sends these frames behind the preface. @param streams so many answers are waited for */
export function inHttp2(
  authority: string,
  frames: (stage: Stage) => readonly Uint8Array[],
  streams = 1,
): Move {
  return async (stage) => {
    const wire = await stage.tunnel(stage.fill(authority), { alpn: ["h2"] });
    let isOver = false;
    const bytes = concatBytes([Uint8Array.from(PREFACE), settings(), ...frames(stage)]);
    const writing = wire.write(bytes).catch(() => {});
    while (!isOver) {
      const taken = readFrames(Buffer.from(wire.received, "latin1")).frames;
      const ended = taken.filter(({ type, flags }) =>
        type === Type.reset || isMessage(type) && (flags & END_STREAM) !== 0
      ).length;
      if (
        ended >= streams || taken.some(({ type }) =>
          type === Type.goAway
        )
      ) break;
      isOver = await wire.more().catch(() => false) === false;
    }
    await writing;
    wire.close();
    return readable(readFrames(Buffer.from(wire.received, "latin1")).frames);
  };
}

/** One request: its head, and a body behind it. */
export function ask(fields: Fields, body?: string, trailers?: Fields): Move {
  return inHttp2("{open}", (stage) => {
    const filled = fillFields(stage, fields);
    if (body === undefined) return [headers(1, filled)];
    const isLast = trailers === undefined;
    return [
      headers(1, filled, END_HEADERS),
      data(1, text(stage.fill(body)), isLast ? END_STREAM : 0),
      ...(isLast ? [] : [headers(1, fillFields(stage, trailers))]),
    ];
  });
}

/** Puts hosts into fields. */
export function fillFields(stage: Stage, fields: Fields): Fields {
  return fields.map(([name, value]) => [name, stage.fill(value)]);
}

function isMessage(type: number): boolean {
  return type === Type.headers || type === Type.data;
}

/** Frames as lines; heads decoded. */
function readable(frames: readonly RawFrame[]): string {
  const decoder = new HpackDecoder();
  return frames.map((frame) => {
    const { type, streamId, payload } = frame;
    switch (type) {
      case Type.headers: {
        const { fields } = decoder.decode(payload, headLimits);
        return `HEADERS ${streamId}\n${fields.map((field) => field.join(": ")).join("\n")}`;
      }
      case Type.data:
        return `DATA ${streamId} ${Buffer.from(payload).toString("latin1")}`;
      case Type.reset:
        return `RST_STREAM ${streamId} code ${codeOf(frame)}`;
      case Type.goAway:
        return `GOAWAY code ${codeOf(frame)}`;
      default:
        return `frame of type ${type}`;
    }
  }).join("\n");
}
