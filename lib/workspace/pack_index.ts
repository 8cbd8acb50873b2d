/** The index of a pack, version 2 (gitformat-pack): 8 bytes of head, 256 counters of 4 bytes, then the objects' names in order. */

/** A SHA-1's size in bytes, and a SHA-256's: git tells by the repository which it is, we by the file's size. */
const SIZES = [20, 32] as const;
const NAMES_AT = 8 + 256 * 4;
/** After the names, for each object: a checksum and an offset of 4 bytes. At the end: two hashes. */
const AFTER_BYTES = 8;
const NAMES_A_CHUNK = 4096;

/** Streams the names in an index, a line each. @param file absolute; an index that our own git has just written */
export function objectNames(file: string): ReadableStream<Uint8Array> {
  return ReadableStream.from(lines(file));
}

async function* lines(file: string): AsyncGenerator<Uint8Array, void, void> {
  using handle = await Deno.open(file, { read: true });
  const { size } = await handle.stat();
  const head = await readExactly(handle, NAMES_AT);
  let left = new DataView(head.buffer).getUint32(NAMES_AT - 4);
  const nameBytes =
    SIZES.find((each) => NAMES_AT + left * (each + AFTER_BYTES) + 2 * each === size) ??
      SIZES[0];
  const encoder = new TextEncoder();
  while (left > 0) {
    const count = Math.min(left, NAMES_A_CHUNK);
    const bytes = await readExactly(handle, count * nameBytes);
    const names = Array.from(
      { length: count },
      (_, at) => `${bytes.subarray(at * nameBytes, (at + 1) * nameBytes).toHex()}\n`,
    );
    yield encoder.encode(names.join(""));
    left -= count;
  }
}

async function readExactly(handle: Deno.FsFile, size: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(size);
  for (let done = 0; done < size;) {
    const read = await handle.read(bytes.subarray(done));
    if (read === null) throw new Error("the index of a pack breaks off");
    done += read;
  }
  return bytes;
}
