/**
 * A connection as two streams that end separately. Deno's own close the whole connection as soon as nothing is left to
 * read, or reading is cancelled: whoever closes its half after the last question would never see the answer.
 */

/** What is read at once, in bytes: a configuration is some kilobytes. */
const CHUNK = 16 * 1024;

/** The part of a `Deno.Conn` that is used. */
export type RawConnection = Pick<Deno.Conn, "read" | "write" | "close">;

/** The two directions of a connection. */
export interface ConnectionStreams {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
}

/** Streams over a connection; closing or aborting the writable one closes it. */
export function connectionStreams(connection: RawConnection): ConnectionStreams {
  let isClosed = false;
  const close = (): void => {
    if (!isClosed) connection.close();
    isClosed = true;
  };
  return {
    readable: new ReadableStream({
      pull: async (controller) => {
        const buffer = new Uint8Array(CHUNK);
        const length = await connection.read(buffer);
        if (length === null) controller.close();
        else controller.enqueue(buffer.subarray(0, length));
      },
    }, { highWaterMark: 0 }),
    writable: new WritableStream({
      start: (controller) => {
        // At once: `abort` below waits for a write that a peer which does not read may hold for ever.
        controller.signal.addEventListener("abort", close);
      },
      write: async (chunk: Uint8Array) => {
        try {
          for (let sent = 0; sent < chunk.length;) {
            sent += await connection.write(chunk.subarray(sent));
          }
        } catch (error) {
          // A stream that failed is neither closed nor aborted any more.
          close();
          throw error;
        }
      },
      close,
      abort: close,
    }),
  };
}
