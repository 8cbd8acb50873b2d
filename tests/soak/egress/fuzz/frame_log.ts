/** What came on a connection of HTTP/2, frame by frame. */

import { concatBytes } from "../../../../lib/concat_bytes.ts";
import {
  ACK,
  END_STREAM,
  type RawFrame,
  readFrames,
  Type,
} from "../../../support/egress/http2/frames.ts";

/** Which streams are over, and whether the connection is. */
export class FrameLog {
  /** Streams that the other side has ended or reset. */
  readonly ended = new Set<number>();
  isPinged = false;
  isGoingAway = false;
  #rest: Uint8Array = new Uint8Array();
  readonly #look: (frame: RawFrame) => void;

  constructor(look: (frame: RawFrame) => void = () => {}) {
    this.#look = look;
  }

  take(piece: Uint8Array): void {
    const bytes = concatBytes([this.#rest, piece]);
    const { frames, used } = readFrames(bytes);
    this.#rest = bytes.slice(used);
    for (const found of frames) {
      const { type, flags, streamId } = found;
      const isEnd = (type === Type.headers || type === Type.data) && (flags & END_STREAM) !== 0;
      if (isEnd || type === Type.reset) this.ended.add(streamId);
      if (type === Type.ping && (flags & ACK) !== 0) this.isPinged = true;
      if (type === Type.goAway) this.isGoingAway = true;
      this.#look(found);
    }
  }
}
