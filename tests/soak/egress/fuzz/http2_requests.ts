/** Mutated requests of HTTP/2: fields of many streams of one connection, and the frames of a connection of its own. */

import { frame, PREFACE, settings, Type, uint32 } from "../../../support/egress/http2/frames.ts";
import type { Random } from "../../random.ts";
import type { Subject } from "../subject.ts";
import { cut, type FuzzCase, type FuzzKind, show } from "./case.ts";
import { drain, onConnection, openTunnel, sayAll, writeWhole } from "./connections.ts";
import { FrameLog } from "./frame_log.ts";
import { originals, streamFrames } from "./http2_stream.ts";
import { mutatedStream } from "./mutate_fields.ts";
import { mutatedFrames } from "./mutate_frames.ts";

const STREAMS = 16;
const CANCEL = 8;

/** Frames in order, fields that are not: the connection stays whole, and each request that is whole is answered. */
export const http2Fields: FuzzKind = {
  name: "HTTP/2 fields",
  weight: 6,
  batch: 4,
  isCounted: true,
  make(random, { upstream: { tlsPort } }): FuzzCase {
    const streams = Array.from({ length: STREAMS }, (_, nth) => {
      const { isEnded, ...content } = mutatedStream(random, `127.0.0.1:${tlsPort}`);
      const streamId = 1 + 2 * nth;
      const frames = streamFrames(random, streamId, { isEnded, ...content });
      if (!isEnded) frames.push(frame(Type.reset, 0, streamId, uint32(CANCEL)));
      return { streamId, frames, isEnded };
    });
    const frames = streams.flatMap((stream) => stream.frames);
    const awaited = streams.filter(({ isEnded }) => isEnded).map(({ streamId }) => streamId);
    return {
      count: STREAMS,
      run: (subject) =>
        onConnection(
          () => openTunnel(subject, tlsPort, ["h2"]),
          (conn) => converse(conn, frames, awaited),
        ),
      describe: () => show(frames),
    };
  },
};

async function converse(
  conn: Deno.Conn,
  frames: readonly Uint8Array[],
  awaited: readonly number[],
): Promise<string | undefined> {
  const log = new FrameLog();
  const done = Promise.withResolvers<void>();
  const isDone = (): boolean => log.isPinged && awaited.every((id) => log.ended.has(id));
  const reading = drain(conn, (piece) => {
    log.take(piece);
    if (isDone()) done.resolve();
  });
  try {
    const ping = frame(Type.ping, 0, 0, new Uint8Array(8));
    for (const bytes of [PREFACE, settings(), ...frames, ping]) await writeWhole(conn, bytes);
  } catch {
    // It has said goodbye, or the connection is gone: what was read decides.
  }
  await Promise.race([done.promise, reading]);
  return isDone() || log.isGoingAway ? undefined : "the connection ended without a word";
}

/** Frames out of order: the connection may end, and nothing else. */
export const http2Frames: FuzzKind = {
  name: "HTTP/2 frames",
  weight: 2,
  batch: 16,
  isCounted: true,
  make(random, subject): FuzzCase {
    const pieces = cut(random, mutatedConnection(random, subject));
    return {
      count: 1,
      run: (running) => sayAll(() => openTunnel(running, subject.upstream.tlsPort, ["h2"]), pieces),
      describe: () => show(pieces),
    };
  },
};

function mutatedConnection(random: Random, { upstream: { tlsPort } }: Subject): Uint8Array {
  const requests = Array.from(
    { length: 1 + random.below(3) },
    (_, nth) => streamFrames(random, 1 + 2 * nth, random.pick(originals(`127.0.0.1:${tlsPort}`))),
  );
  return mutatedFrames(random, [PREFACE, settings(), ...requests.flat()]);
}
