/** Two byte streams in memory, crossed: what one end writes the other reads. */

/** One end. */
export interface StreamEnd {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
}

/** Both ends, and what cuts them, as the death of a process does. */
export type StreamPair = readonly [near: StreamEnd, far: StreamEnd, cut: () => void];

/** Makes a pair. */
export function streamPair(): StreamPair {
  const controllers: TransformStreamDefaultController<Uint8Array>[] = [];
  const make = (): TransformStream<Uint8Array, Uint8Array> =>
    new TransformStream({ start: (controller) => void controllers.push(controller) });
  const there = make();
  const back = make();
  return [
    { readable: back.readable, writable: there.writable },
    { readable: there.readable, writable: back.writable },
    () => controllers.forEach((controller) => controller.terminate()),
  ];
}
