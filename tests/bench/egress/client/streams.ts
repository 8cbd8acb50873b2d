/** Requests over one connection of HTTP/2. */

import { concatBytes } from "../../../../lib/concat_bytes.ts";
import { Flag, frame, FrameReader, FrameType, literal, PREFACE, uint32 } from "../h2_frames.ts";
import { type Figures, PLACEHOLDER, type Way } from "../job.ts";
import { writeAll } from "../write_all.ts";
import { authority, closeQuietly, connect } from "./connect.ts";
import { Latencies } from "./latencies.ts";

/** More than any run receives. */
const WINDOW = 0x7fff0000 - 65_535;

/** 1 kB over and over, so many requests in flight. */
export async function loadStreams(way: Way, streams: number, seconds: number): Promise<Figures> {
  const conn = await connect(way, "h2");
  const latencies = new Latencies(seconds);
  latencies.start();
  try {
    await exchange(conn, requestFields(way), streams, latencies);
  } finally {
    closeQuietly(conn);
  }
  return latencies.figures();
}

async function exchange(
  conn: Deno.Conn,
  fields: Uint8Array,
  streams: number,
  latencies: Latencies,
): Promise<void> {
  const reader = new FrameReader(conn);
  const open = new Map<number, { readonly begun: number; bytes: number }>();
  let next = 1;
  const ask = (): Uint8Array => {
    open.set(next, { begun: performance.now(), bytes: 0 });
    const bytes = frame(FrameType.headers, Flag.endHeaders | Flag.endStream, next, fields);
    next += 2;
    return bytes;
  };
  await writeAll(
    conn,
    concatBytes([
      PREFACE,
      frame(FrameType.settings, 0, 0),
      frame(FrameType.windowUpdate, 0, 0, uint32(WINDOW)),
      ...Array.from({ length: streams }, ask),
    ]),
  );
  while (!latencies.isOver) {
    const frames = await reader.read();
    if (frames === undefined) throw new Error("The connection ended");
    const output: Uint8Array[] = [];
    for (const { type, flags, stream, payload } of frames) {
      const isFirst = (flags & Flag.ack) === 0;
      if (type === FrameType.settings && isFirst) output.push(frame(type, Flag.ack, 0));
      if (type === FrameType.ping && isFirst) output.push(frame(type, Flag.ack, 0, payload));
      if (type === FrameType.goAway || type === RST_STREAM) throw new Error("The proxy gave up");
      const one = open.get(stream);
      if (one === undefined || type !== FrameType.data && type !== FrameType.headers) continue;
      if (type === FrameType.data) one.bytes += payload.length;
      if ((flags & Flag.endStream) === 0) continue;
      if (one.bytes !== 1024) throw new Error(`${one.bytes} bytes instead of 1024`);
      latencies.add(one.begun, performance.now());
      open.delete(stream);
      output.push(ask());
    }
    if (output.length > 0) await writeAll(conn, concatBytes(output));
  }
}

const RST_STREAM = 3;

/** RFC 7541, appendix A: GET is 2, `https` 7, `:path` 4, `:authority` 1, `user-agent` 58, `authorization` 23. */
function requestFields(way: Way): Uint8Array {
  return concatBytes([
    new Uint8Array([0x82, 0x87]),
    literal(4, "/1k"),
    literal(1, authority(way)),
    literal(58, "bench"),
    literal(23, `Bearer ${PLACEHOLDER}`),
  ]);
}
