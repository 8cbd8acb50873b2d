/** What the person types, or pipes in. */

/**
 * Reads up to the next line end of stdin, or to its end; null if nothing was left. Byte by byte: what follows is for the
 * program that gets the terminal next.
 *
 * @throws the signal's reason
 */
export async function readLine(signal: AbortSignal): Promise<string | null> {
  const bytes: number[] = [];
  const one = new Uint8Array(1);
  for (;;) {
    const count = await readSome(one, signal);
    if (count === null && bytes.length === 0) return null;
    if (count === null || one[0] === 0x0a) break;
    bytes.push(...one);
  }
  return new TextDecoder().decode(new Uint8Array(bytes)).replace(/\r$/, "");
}

/** Reads stdin to its end, or to `maxBytes`. @throws the signal's reason */
export async function readInput(maxBytes: number, signal: AbortSignal): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  const chunk = new Uint8Array(65_536);
  for (let size = 0; size < maxBytes;) {
    const count = await readSome(chunk, signal);
    if (count === null) break;
    chunks.push(chunk.slice(0, count));
    size += count;
  }
  return new Uint8Array(await new Blob(chunks.map((each) => each.slice())).arrayBuffer())
    .subarray(0, maxBytes);
}

async function readSome(into: Uint8Array, signal: AbortSignal): Promise<number | null> {
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(signal.reason);
  signal.addEventListener("abort", onAbort);
  try {
    return await Promise.race([Deno.stdin.read(into), aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
