/** Mutated responses of HTTP/2: whatever an upstream sends, a client that keeps to the rules keeps its connection. */

import {
  END_HEADERS,
  END_STREAM,
  frame,
  headers,
  PREFACE,
  settings,
  text,
  Type,
} from "../../../support/egress/http2/frames.ts";
import { type Random, seededRandom } from "../../random.ts";
import { HOSTILE_PATH } from "../upstream.ts";
import type { FuzzCase, FuzzKind } from "./case.ts";
import { drain, onConnection, openTunnel, writeWhole } from "./connections.ts";
import { FrameLog } from "./frame_log.ts";
import { type Field, headersFrames } from "./http2_stream.ts";
import { mutatedFrames } from "./mutate_frames.ts";

const STREAMS = 8;

const FIELDS: readonly [Field, ...Field[]] = [
  [":status", "200"],
  [":status", "99"],
  [":status", "101"],
  [":status", "103"],
  [":status", "204"],
  [":status", "two"],
  [":path", "/"],
  ["content-length", "5"],
  ["content-length", "4"],
  ["content-length", "-1"],
  ["content-encoding", "gzip"],
  ["transfer-encoding", "chunked"],
  ["connection", "close"],
  ["X-Upper", "1"],
  ["x", "a\r\nset-cookie: b=c"],
  ["x", "a\0"],
  ["", "1"],
  ["x", "A".repeat(70_000)],
];

function mutatedAnswer(random: Random, streamId: number): readonly Uint8Array[] {
  const fields: Field[] = [[":status", "200"], ["content-type", "text/plain"]];
  const isFields = random.chance(1 / 2);
  if (isFields) fields.splice(random.below(3), random.below(2), random.pick(FIELDS));
  const frames = [
    ...headersFrames(streamId, fields, false, random),
    frame(Type.data, 0, streamId, text("he")),
    frame(Type.data, 0, streamId, text("llo")),
    ...headersFrames(streamId, [random.chance(1 / 4) ? random.pick(FIELDS) : ["x-sum", "1"]], true),
  ];
  return isFields ? frames : [mutatedFrames(random, frames)];
}

/** The kind. */
export const hostileHttp2: FuzzKind = {
  name: "HTTP/2 responses",
  weight: 2,
  batch: 4,
  isCounted: false,
  make(random, { hostile: { http2Port } }): FuzzCase {
    const seeds = Array.from({ length: STREAMS }, () => random.below(2 ** 31));
    const fields: readonly Field[] = [
      [":method", "GET"],
      [":scheme", "https"],
      [":authority", `127.0.0.1:${http2Port}`],
      [":path", HOSTILE_PATH],
    ];
    const ids = seeds.map((_, nth) => 1 + 2 * nth);
    return {
      count: STREAMS,
      run: (subject) => {
        for (const seed of seeds) {
          const answer = seededRandom(seed);
          subject.hostile.http2Answers.push((streamId) => mutatedAnswer(answer, streamId));
        }
        return onConnection(
          () => openTunnel(subject, http2Port, ["h2"]),
          (conn) => converse(conn, fields, ids),
        );
      },
      describe: () => `answers of the seeds ${seeds.join(" ")}`,
    };
  },
};

async function converse(
  conn: Deno.Conn,
  fields: readonly Field[],
  ids: readonly number[],
): Promise<string | undefined> {
  const log = new FrameLog();
  const done = Promise.withResolvers<void>();
  const reading = drain(conn, (piece) => {
    log.take(piece);
    if (ids.every((id) => log.ended.has(id))) done.resolve();
  });
  await writeWhole(conn, PREFACE);
  await writeWhole(conn, settings());
  for (const id of ids) await writeWhole(conn, headers(id, fields, END_STREAM | END_HEADERS));
  await Promise.race([done.promise, reading]);
  const open = ids.filter((id) => !log.ended.has(id));
  if (open.length > 0) return `the connection ended before the streams ${open.join(" ")}`;
  return log.isGoingAway ? "the client was sent away for what an upstream did" : undefined;
}
