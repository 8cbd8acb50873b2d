/** Making a tar: for the guest, and for the engine's image builds. */

import { concatBytes } from "../concat_bytes.ts";

/** What goes into a tar. Names are relative; `/` between the parts. */
export type TarEntry =
  | { readonly name: string; readonly mode: number; readonly content: Uint8Array | string }
  | { readonly name: string; readonly mode: number; readonly folder: true }
  | { readonly name: string; readonly linkTo: string };

/** Every entry has the same time, so that the same input makes the same bytes: engines cache by them. */
const TIME = new Date(0);

/** A link's own bits: no system looks at them. */
const LINK_MODE = 0o777;

/**
 * Packs in the order given, owner 0:0. Folders that only are part of a name get no entry: whoever unpacks makes
 * those that are missing and leaves the others as they are.
 *
 * @throws {TypeError} for an absolute name or one with `..`: a mistake of ours
 */
export async function packTar(entries: readonly TarEntry[]): Promise<Uint8Array> {
  const { pack } = await import("../deps/tar_stream.ts");
  const tar = pack();
  const chunks = collectBytes(tar);
  for (const entry of entries) {
    if (entry.name.startsWith("/") || entry.name.split("/").includes("..")) {
      throw new TypeError(`Not a name inside an archive: "${entry.name}"`);
    }
    if ("linkTo" in entry) {
      const { name, linkTo: linkname } = entry;
      tar.entry({ name, mode: LINK_MODE, mtime: TIME, type: "symlink", linkname });
      continue;
    }
    const header = { name: entry.name, mode: entry.mode, mtime: TIME };
    if ("folder" in entry) tar.entry({ ...header, type: "directory" });
    else tar.entry(header, asBuffer(entry.content));
  }
  tar.finalize();
  return concatBytes(await chunks);
}

/** An empty content must be bytes: tar-stream waits for a stream where it gets an empty text. */
function asBuffer(content: Uint8Array | string): Uint8Array {
  return typeof content === "string" ? new TextEncoder().encode(content) : content;
}

async function collectBytes(stream: AsyncIterable<unknown>): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) {
    if (chunk instanceof Uint8Array) chunks.push(chunk);
  }
  return chunks;
}
