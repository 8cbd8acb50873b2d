/** Reads processes as the host's root does: environment, memory, argv. */

import { Buffer } from "node:buffer";
import { ByteScanner, type Hit, scanBytes } from "./byte_scanner.ts";
import type { Needle } from "./needle.ts";
import type { ProcessHits } from "./watch_protocol.ts";

const PAGE = 4096;
/** Bytes that are read at once. */
const STEP = 512 * PAGE;
/** Bytes of an entry of /proc/PID/pagemap; bit 63: in memory, bit 62: swapped (kernel.org, admin-guide/mm/pagemap). */
const PAGEMAP_ENTRY = 8;

interface Region {
  readonly from: number;
  readonly to: number;
}

/** Readable regions of /proc/PID/maps; not those of the kernel's own. */
export function parseMaps(maps: string): readonly Region[] {
  return maps.split("\n").flatMap((line) => {
    const [, from = "", to = "", name = ""] =
      /^([0-9a-f]+)-([0-9a-f]+) r\S* \S+ \S+ \d+ *(.*)$/.exec(line) ?? [];
    if (from === "" || /^\[v(syscall|var|dso)/.test(name)) return [];
    return [{ from: parseInt(from, 16), to: parseInt(to, 16) }];
  });
}

/** Searches the environment and all memory that is present. Null if the process has ended. */
export async function scanProcess(
  needles: readonly Needle[],
  pid: number,
): Promise<ProcessHits | null> {
  try {
    const folder = `/proc/${pid}`;
    const argv = await Deno.readTextFile(`${folder}/cmdline`);
    const environment = scanBytes(needles, await Deno.readFile(`${folder}/environ`));
    const regions = parseMaps(await Deno.readTextFile(`${folder}/maps`));
    const { hits, bytes } = await scanMemory(needles, folder, regions);
    return {
      pid,
      program: argv.split("\0")[0] ?? "",
      environment,
      memory: hits,
      memoryBytes: bytes,
    };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    // ESRCH: it ended while it was read.
    if (error instanceof Error && "code" in error && error.code === "ESRCH") return null;
    throw error;
  }
}

/** Searches the argv of every process there is. */
export async function scanArgvs(needles: readonly Needle[]): Promise<readonly Hit[]> {
  const hits: Hit[] = [];
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const argv = await Deno.readFile(`/proc/${name}/cmdline`).catch(() => new Uint8Array());
    if (argv.length > 0) hits.push(...scanBytes(needles, argv));
  }
  return hits;
}

async function scanMemory(
  needles: readonly Needle[],
  folder: string,
  regions: readonly Region[],
): Promise<{ readonly hits: readonly Hit[]; readonly bytes: number }> {
  using memory = await Deno.open(`${folder}/mem`);
  using pagemap = await Deno.open(`${folder}/pagemap`);
  const scanner = new ByteScanner(needles);
  let bytes = 0;
  for (const { from, to } of regions) {
    for (let at = from; at < to; at += STEP) {
      const size = Math.min(STEP, to - at);
      for (const { start, length } of await presentRuns(pagemap, at, size)) {
        const chunk = await readAt(memory, start, length);
        if (chunk === null) continue;
        bytes += chunk.length;
        scanner.push(chunk);
        if (start + length !== at + size) scanner.end();
      }
    }
    scanner.end();
  }
  return { hits: scanner.hits, bytes };
}

/** Runs of pages that hold something: untouched ones, gigabytes of them in a JavaScript engine, read as zeros. */
async function presentRuns(
  pagemap: Deno.FsFile,
  at: number,
  size: number,
): Promise<readonly { readonly start: number; readonly length: number }[]> {
  const entries = await readAt(pagemap, at / PAGE * PAGEMAP_ENTRY, size / PAGE * PAGEMAP_ENTRY);
  if (entries === null) return [];
  const runs: { start: number; length: number }[] = [];
  for (let page = 0; page < entries.length / PAGEMAP_ENTRY; page++) {
    const flags = entries[page * PAGEMAP_ENTRY + 7] ?? 0;
    if ((flags & 0b1100_0000) === 0) continue;
    const start = at + page * PAGE;
    const last = runs.at(-1);
    if (last !== undefined && last.start + last.length === start) last.length += PAGE;
    else runs.push({ start, length: PAGE });
  }
  return runs;
}

/** Null where nothing can be read: a guard page, or memory that has just gone. */
async function readAt(file: Deno.FsFile, at: number, size: number): Promise<Buffer | null> {
  const buffer = Buffer.alloc(size);
  await file.seek(at, Deno.SeekMode.Start);
  let filled = 0;
  while (filled < size) {
    const count = await file.read(buffer.subarray(filled)).catch(() => null);
    if (count === null || count === 0) break;
    filled += count;
  }
  return filled === 0 ? null : buffer.subarray(0, filled);
}
