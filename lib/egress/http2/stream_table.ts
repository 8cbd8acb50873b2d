/** The streams of a connection: those that are open, and what is known of those that were. */

import { REMEMBERED_STREAMS } from "./limits.ts";
import type { Http2Stream } from "./stream.ts";

const MAX_ID = 2 ** 31 - 1;

/** By their numbers: a client's are odd, and each is higher than the one before. */
export class StreamTable {
  readonly #role: "server" | "client";
  readonly #open = new Map<number, Http2Stream>();
  readonly #past = new Map<number, "reset" | "ended">();
  #nextId = 1;
  #lastPeerId = 0;

  /** @param role which side we are */
  constructor(role: "server" | "client") {
    this.#role = role;
  }

  get size(): number {
    return this.#open.size;
  }

  /** The highest that the peer has opened; 0: none. */
  get lastPeerId(): number {
    return this.#lastPeerId;
  }

  /** Whether we have a number left. */
  get canOpen(): boolean {
    return this.#role === "client" && this.#nextId <= MAX_ID;
  }

  get(id: number): Http2Stream | undefined {
    return this.#open.get(id);
  }

  all(): MapIterator<Http2Stream> {
    return this.#open.values();
  }

  /** The number of our next stream, used up. */
  nextId(): number {
    const id = this.#nextId;
    this.#nextId += 2;
    return id;
  }

  /** Whether the peer may open it: a client one that is odd and higher than all before, a server none. */
  isNewOfPeer(id: number): boolean {
    return this.#role === "server" && id % 2 === 1 && id > this.#lastPeerId;
  }

  /** The peer has opened it, and so none below can be opened any more. */
  accept(stream: Http2Stream): void {
    this.#lastPeerId = stream.id;
    this.add(stream);
  }

  /** Whether nobody has opened it yet. */
  isIdle(id: number): boolean {
    if (id % 2 === 0) return true;
    return this.#role === "server" ? id > this.#lastPeerId : id >= this.#nextId;
  }

  /**
   * What became of one that was open of late: reset by us, so that what was under way is let pass, or ended otherwise.
   * Undefined: it is long ago, or it never was open.
   */
  past(id: number): "reset" | "ended" | undefined {
    return this.#past.get(id);
  }

  add(stream: Http2Stream): void {
    this.#open.set(stream.id, stream);
  }

  /** @param isReset by us */
  delete(stream: Http2Stream, isReset: boolean): void {
    this.#open.delete(stream.id);
    this.#past.set(stream.id, isReset ? "reset" : "ended");
    if (this.#past.size <= REMEMBERED_STREAMS) return;
    for (const oldest of this.#past.keys()) {
      this.#past.delete(oldest);
      return;
    }
  }

  /** Takes all out. */
  clear(): readonly Http2Stream[] {
    const streams = [...this.#open.values()];
    this.#open.clear();
    return streams;
  }
}
