/** A tar as it comes in, member by member. */

import { once } from "node:events";
import { BottleError } from "../errors.ts";

/** One member; a file's content must be read, or skipped by asking for the next. */
export type TarMember =
  & { readonly name: string; readonly mode: number }
  & (
    | { readonly type: "file"; readonly content: AsyncIterable<unknown> }
    | { readonly type: "directory" }
    | { readonly type: "symlink"; readonly linkName: string }
    | { readonly type: "link"; readonly linkName: string }
    /** Devices, pipes, sparse files and whatever else. */
    | { readonly type: "other" }
  );

/** Reads members in order; chunks of content are bytes. @throws {BottleError} `archive-broken` */
export async function* readTar(
  stream: ReadableStream<Uint8Array>,
  signal?: AbortSignal,
): AsyncGenerator<TarMember> {
  const { extract } = await import("../deps/tar_stream.ts");
  const reader = extract();
  const over = new AbortController();
  const stop = signal === undefined ? over.signal : AbortSignal.any([signal, over.signal]);
  const fed = feed(stream, reader, stop);
  try {
    for await (const entry of reader) {
      const { name, mode, type, linkname } = entry.header;
      switch (type) {
        case "file":
          yield { type, name, mode, content: contentOf(entry, signal) };
          break;
        case "directory":
          yield { type, name, mode };
          break;
        case "symlink":
          yield { type, name, mode, linkName: linkname ?? "" };
          break;
        case "link":
          yield { type, name, mode, linkName: linkname ?? "" };
          break;
        default:
          yield { type: "other", name, mode };
      }
      entry.resume();
    }
    await fed;
  } catch (error) {
    signal?.throwIfAborted();
    throw broken(error);
  } finally {
    over.abort();
    reader.destroy();
    await fed.catch(() => {});
  }
}

async function* contentOf(
  entry: AsyncIterable<unknown>,
  signal: AbortSignal | undefined,
): AsyncGenerator<unknown> {
  try {
    yield* entry;
  } catch (error) {
    signal?.throwIfAborted();
    throw broken(error);
  }
}

function broken(cause: unknown): BottleError {
  return new BottleError("The archive is damaged or cut off", {
    code: "archive-broken",
    hint: "Try again; if it stays, the guest's `tar` is not to be trusted",
    cause,
  });
}

type Extract = ReturnType<typeof import("../deps/tar_stream.ts").extract>;

/** Hands chunks over as fast as they are taken. */
async function feed(
  stream: ReadableStream<Uint8Array>,
  into: Extract,
  signal: AbortSignal,
): Promise<void> {
  const source = stream.getReader();
  const cancel = (): void => void source.cancel(signal.reason).catch(() => {});
  signal.addEventListener("abort", cancel, { once: true });
  try {
    signal.throwIfAborted();
    for (let next = await source.read(); !next.done; next = await source.read()) {
      if (!into.write(next.value)) await drained(into, signal);
    }
    signal.throwIfAborted();
    into.end(undefined);
  } catch (error) {
    into.destroy(error instanceof Error ? error : new Error("aborted"));
    throw error;
  } finally {
    signal.removeEventListener("abort", cancel);
    await source.cancel().catch(() => {});
  }
}

/** Waits until more is taken, or never will be; leaves no listener behind. */
async function drained(into: Extract, signal: AbortSignal): Promise<void> {
  const over = new AbortController();
  const options = { signal: AbortSignal.any([signal, over.signal]) };
  try {
    await Promise.race([once(into, "drain", options), once(into, "close", options)]);
  } finally {
    over.abort();
  }
}
