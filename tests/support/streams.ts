/** Two byte streams in memory, crossed: what one end writes the other reads. */

/** One end. */
export interface StreamEnd {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
}

/** Both ends. */
export function streamPair(): readonly [StreamEnd, StreamEnd] {
  const there = new TransformStream<Uint8Array>();
  const back = new TransformStream<Uint8Array>();
  return [
    { readable: back.readable, writable: there.writable },
    { readable: there.readable, writable: back.writable },
  ];
}
