/** Making a tar of what doesn't fit into memory. */

import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { BottleError } from "../errors.ts";
import { reading, type TreeEntry } from "./host_tree.ts";

type Pack = ReturnType<typeof import("../deps/tar_stream.ts").pack>;

/** As in the tars that are made in memory: when a file was changed is nobody's business in the guest. */
const TIME = new Date(0);
/** Bytes that are read at once. */
const CHUNK = 64 * 1024;

/**
 * A tar, made as it is read: a file is opened when the one before it is taken. Cancelling it ends the reading. Owner 0:0.
 *
 * The stream errs with a `BottleError` `not-copied` if a file changes its size meanwhile, or can't be read.
 */
export function packStream(entries: AsyncIterable<TreeEntry>): ReadableStream<Uint8Array> {
  return ReadableStream.from(packed(entries));
}

async function* packed(entries: AsyncIterable<TreeEntry>): AsyncGenerator<Uint8Array, void, void> {
  const { pack } = await import("../deps/tar_stream.ts");
  const tar = pack();
  const written = writeEntries(tar, entries).then(
    () => tar.finalize(),
    (error: unknown) => tar.destroy(error instanceof Error ? error : new Error(String(error))),
  );
  try {
    for await (const chunk of tar) {
      if (chunk instanceof Uint8Array) yield chunk;
    }
  } finally {
    tar.destroy();
    await written;
  }
}

async function writeEntries(tar: Pack, entries: AsyncIterable<TreeEntry>): Promise<void> {
  for await (const entry of entries) {
    const { name } = entry;
    if (entry.kind === "link") {
      tar.entry({ name, type: "symlink", linkname: entry.target, mode: 0o777, mtime: TIME });
    } else if (entry.kind === "folder") {
      tar.entry({ name, type: "directory", mode: entry.mode, mtime: TIME });
    } else if (entry.size === 0) {
      // A stream of no bytes would never end its entry.
      tar.entry({ name, mode: entry.mode, mtime: TIME }, new Uint8Array());
    } else {
      const sink = tar.entry({ name, mode: entry.mode, size: entry.size, mtime: TIME });
      await pipeline(Readable.from(contentOf(entry)), sink);
    }
  }
}

async function* contentOf(
  { path, size }: Extract<TreeEntry, { kind: "file" }>,
): AsyncGenerator<Uint8Array, void, void> {
  using file = await reading(path, Deno.open(path));
  for (let left = size; left > 0;) {
    const chunk = new Uint8Array(Math.min(left, CHUNK));
    const read = await file.read(chunk);
    if (read === null) throw changed(path);
    left -= read;
    yield chunk.subarray(0, read);
  }
  if (await file.read(new Uint8Array(1)) !== null) throw changed(path);
}

function changed(path: string): BottleError {
  return new BottleError(`Cannot copy "${path}": it changed while it was read`, {
    code: "not-copied",
    hint: "Try again when nothing writes to it",
  });
}
