/** Getting the agent's work out of a running bottle: as bytes in a file, unverified. */

import type { Bottle } from "../bottle.ts";
import { BottleError, ExitCode } from "../errors.ts";
import { asWriteFailure } from "../state/write_failure.ts";
import type { Oid } from "./types.ts";
import { MAX_FACTS_BYTES, parseWorkHeader, type WorkFacts } from "./work_facts.ts";
import script from "./collect.sh" with { type: "text" };

/** The part of a bottle that collecting takes. */
export type Guest = Pick<Bottle, "stream">;

/** More than this is not brought out. A repository's whole history fits for nearly all there are. */
export const MAX_WORK_BYTES = 2 * 1024 ** 3;
/** How long the guest's git may take, in milliseconds. */
export const MAX_WORK_MS = 10 * 60_000;

/** What is collected, and where it goes. */
export interface CollectRequest {
  /** The work tree in the guest, absolute. */
  readonly guestFolder: string;
  /** Commits that the person has: the bundle leaves out what they reach. */
  readonly known: readonly Oid[];
  /** Paths of the work tree that were brought in uncommitted: they are not brought out. */
  readonly include?: readonly string[];
  /** Where the bundle goes: a new file. */
  readonly file: string;
  /** Default {@linkcode MAX_WORK_BYTES}. */
  readonly maxBytes?: number;
  /** Default {@linkcode MAX_WORK_MS}. */
  readonly timeoutMs?: number;
  /** Bytes that have come so far. */
  readonly onBytes?: (bytes: number) => void;
  readonly signal?: AbortSignal;
}

/** What came. */
export interface Collected {
  readonly facts: WorkFacts;
  /** Size of the file; null: nothing but what is known, and there is no file. */
  readonly bytes: number | null;
}

/**
 * Has the guest's git write a bundle of HEAD, and of a commit of what is not committed. Both git and repository are the
 * agent's: nothing that comes is believed here, only bounded.
 *
 * @throws {BottleError} `work-missing`, `work-unreadable`, `work-too-big`, `work-broken-off`, `timeout`
 */
export async function collectWork(guest: Guest, request: CollectRequest): Promise<Collected> {
  const { maxBytes = MAX_WORK_BYTES, timeoutMs = MAX_WORK_MS } = request;
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(tookTooLong(timeoutMs)), timeoutMs);
  const signal = request.signal === undefined
    ? limit.signal
    : AbortSignal.any([request.signal, limit.signal]);
  try {
    signal.throwIfAborted();
    await using program = guest.stream(collectArgv(request, maxBytes), { bare: true, signal });
    const stopped = new Promise<never>((_resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    });
    stopped.catch(() => {});
    return await Promise.race([receive(program, request, maxBytes), stopped]);
  } catch (error) {
    // A guest that was ended breaks its stream off: the limit is the reason then.
    signal.throwIfAborted();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** The call in the guest. */
export function collectArgv(
  { guestFolder, known, include = [] }: Pick<CollectRequest, "guestFolder" | "known" | "include">,
  maxBytes = MAX_WORK_BYTES,
): readonly string[] {
  const limitKiB = Math.floor(maxBytes / 1024);
  return [
    ...["sh", "-c", script, "collect-work", guestFolder, `${limitKiB}`, `${known.length}`],
    ...known,
    ...include.map((path) => `:(exclude,top,literal)${path}`),
  ];
}

async function receive(
  program: ReturnType<Guest["stream"]>,
  request: CollectRequest,
  maxBytes: number,
): Promise<Collected> {
  await program.writable.close().catch(() => {});
  const reader = program.readable.getReader();
  let isHeld = true;
  try {
    const { header, rest } = await readHeader(reader);
    const { facts, hasBundle } = header;
    if (!hasBundle) await expectEnd(reader, rest);
    const bytes = hasBundle ? await writeRest(reader, rest, request, maxBytes) : null;
    isHeld = false;
    reader.releaseLock();
    const { code } = await program.ended;
    if (code !== 0) throw brokenOff();
    return { facts, bytes };
  } finally {
    if (isHeld) {
      await reader.cancel().catch(() => {});
      reader.releaseLock();
    }
  }
}

type Reader = ReadableStreamDefaultReader<Uint8Array>;

async function readHeader(
  reader: Reader,
): Promise<{ header: ReturnType<typeof parseWorkHeader>; rest: Uint8Array }> {
  let seen = new Uint8Array();
  for (;;) {
    const end = endOfHeader(seen);
    if (end !== -1) {
      const text = new TextDecoder().decode(seen.subarray(0, end - 1));
      return { header: parseWorkHeader(text), rest: seen.subarray(end + 1) };
    }
    if (seen.length > MAX_FACTS_BYTES) return { header: parseWorkHeader(""), rest: seen };
    const next = await reader.read();
    if (next.done) throw brokenOff();
    const both = new Uint8Array(seen.length + next.value.length);
    both.set(seen);
    both.set(next.value, seen.length);
    seen = both;
  }
}

/** Where the second of two line ends is; -1: not yet. */
function endOfHeader(bytes: Uint8Array): number {
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) {
    if (bytes[at + 1] === 10) return at + 1;
  }
  return -1;
}

async function expectEnd(reader: Reader, rest: Uint8Array): Promise<void> {
  if (rest.length > 0 || !(await reader.read()).done) throw brokenOff();
}

async function writeRest(
  reader: Reader,
  rest: Uint8Array,
  request: CollectRequest,
  maxBytes: number,
): Promise<number> {
  try {
    return await writeFile(reader, rest, request, maxBytes);
  } catch (error) {
    throw asWriteFailure(error, request.file);
  }
}

async function writeFile(
  reader: Reader,
  rest: Uint8Array,
  { file, onBytes }: CollectRequest,
  maxBytes: number,
): Promise<number> {
  using handle = await Deno.open(file, { write: true, createNew: true, mode: 0o600 });
  let bytes = 0;
  const write = async (chunk: Uint8Array): Promise<void> => {
    bytes += chunk.length;
    if (bytes > maxBytes) throw tooBig(maxBytes);
    for (let done = 0; done < chunk.length;) done += await handle.write(chunk.subarray(done));
    onBytes?.(bytes);
  };
  await write(rest);
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    await write(next.value);
  }
  await handle.syncData();
  return bytes;
}

function tooBig(maxBytes: number): BottleError {
  return new BottleError(
    `The agent's work is bigger than ${
      Math.floor(maxBytes / 1024 ** 2)
    } MiB, the most that is brought out`,
    {
      code: "work-too-big",
      hint:
        "Look for big files in its commits with `bot-bottle exec`; `bot-bottle cp` brings single files out",
    },
  );
}

function brokenOff(): BottleError {
  return new BottleError("The bottle broke off while it handed out the agent's work", {
    code: "work-broken-off",
    hint: "Try again; if it stays so, look at the repository with `bot-bottle exec`",
  });
}

function tookTooLong(timeoutMs: number): BottleError {
  return new BottleError(
    `The bottle did not hand out the agent's work within ${Math.round(timeoutMs / 1000)} s`,
    {
      code: "timeout",
      exitCode: ExitCode.timeout,
      hint:
        "Look for what its git waits for (a filter, a hook, a full disk) with `bot-bottle exec`",
    },
  );
}
