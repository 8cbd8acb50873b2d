/** The origin over HTTP/2: 1 kB for every request. */

import { concatBytes } from "../../../../lib/concat_bytes.ts";
import { Flag, type Frame, frame, FrameReader, FrameType, literal, PREFACE } from "../h2_frames.ts";
import { writeAll } from "../write_all.ts";

const BODY = new TextEncoder().encode("x".repeat(1024));
/** RFC 7541, appendix A: `:status: 200` is 8, `content-type` 31, `content-length` 28. */
const HEAD = concatBytes([
  new Uint8Array([0x88]),
  literal(31, "text/plain"),
  literal(28, String(BODY.length)),
]);
/** RFC 9113, 6.9.2. */
const FIRST_WINDOW = 65_535;
/** MAX_CONCURRENT_STREAMS 1,000. */
const SETTINGS = new Uint8Array([0, 3, 0, 0, 0x03, 0xe8]);

/** Serves one connection to its end. */
export async function serveHttp2(conn: Deno.Conn): Promise<void> {
  const reader = new FrameReader(conn);
  if (!await reader.skip(PREFACE.length)) return;
  await writeAll(conn, frame(FrameType.settings, 0, 0, SETTINGS));
  const state: State = { window: FIRST_WINDOW, waiting: [] };
  for (let frames = await reader.read(); frames !== undefined; frames = await reader.read()) {
    const output = frames.flatMap((one) => take(state, one));
    while (state.window >= BODY.length) {
      const stream = state.waiting.shift();
      if (stream === undefined) break;
      state.window -= BODY.length;
      output.push(
        frame(FrameType.headers, Flag.endHeaders, stream, HEAD),
        frame(FrameType.data, Flag.endStream, stream, BODY),
      );
    }
    if (output.length > 0) await writeAll(conn, concatBytes(output));
  }
}

interface State {
  /** What the connection may still send. A stream's own window always takes a kilobyte. */
  window: number;
  /** Streams whose request has come. */
  readonly waiting: number[];
}

/** @returns what is to be sent at once */
function take(state: State, { type, flags, stream, payload }: Frame): Uint8Array[] {
  const isFirst = (flags & Flag.ack) === 0;
  switch (type) {
    case FrameType.settings:
      return isFirst ? [frame(FrameType.settings, Flag.ack, 0)] : [];
    case FrameType.ping:
      return isFirst ? [frame(FrameType.ping, Flag.ack, 0, payload)] : [];
    case FrameType.windowUpdate:
      if (stream === 0) state.window += readUint32(payload);
      return [];
    case FrameType.headers:
    case FrameType.data:
      if ((flags & Flag.endStream) !== 0) state.waiting.push(stream);
      return [];
    default:
      return [];
  }
}

function readUint32(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0);
}
