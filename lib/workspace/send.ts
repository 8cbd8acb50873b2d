/** A person's commits into a running bottle, as a git bundle that is never held in memory. */

import { packStream } from "../archive/pack_stream.ts";
import type { Bottle } from "../bottle.ts";
import { BottleError } from "../errors.ts";
import type { Duplex } from "../process/run.ts";
import { findRepository } from "./find_repository.ts";
import type { GitHost } from "./host_git.ts";
import { walkIncludes } from "./include.ts";
import receive from "./receive.sh" with { type: "text" };
import { scratchRepository } from "./scratch_repository.ts";
import type { WorkspacePlan } from "./types.ts";

/** The part of a bottle that sending takes. */
export type Receiver = Pick<Bottle, "stream">;

/** What is sent, and how it is told of. */
export interface SendRequest {
  readonly workspace: WorkspacePlan;
  /** Bytes that have gone so far, of bundle and files together. */
  readonly onBytes?: (bytes: number) => void;
  readonly signal?: AbortSignal;
}

/** How git packs for the way: as little work and memory as it can, for nothing is kept of it. */
const PACKING = [
  // Deltas that are there are taken; looking for new ones would take minutes and save a copy on the same machine.
  "pack.window=0",
  "pack.compression=1",
  // Bigger ones are streamed, not read whole.
  "core.bigFileThreshold=16m",
  // As much of a pack is mapped at once; without a limit all of it, which looks like memory and may be taken for it.
  "core.packedGitWindowSize=8m",
  "core.packedGitLimit=64m",
];

/**
 * Makes the repository in the guest, and puts the named files into it.
 *
 * @throws {BottleError} `workspace-not-sent` with the last lines of whichever git gave up, or what `findRepository` says
 */
export async function sendWorkspace(
  guest: Receiver,
  host: GitHost,
  request: SendRequest,
): Promise<void> {
  const { workspace, signal, onBytes } = request;
  let sent = 0;
  const link: Link = {
    guest,
    host,
    options: signal === undefined ? {} : { signal },
    count: (bytes) => onBytes?.(sent += bytes),
  };
  try {
    await sendCommits(link, workspace);
    if (workspace.include.length > 0) await sendFiles(link, workspace);
    // An engine's client that was ended may say that all went well.
    signal?.throwIfAborted();
  } catch (error) {
    // A program that was ended breaks its stream off: the abort is the reason then.
    signal?.throwIfAborted();
    throw error;
  }
}

/** Between host and guest. */
interface Link {
  readonly guest: Receiver;
  readonly host: GitHost;
  readonly options: { readonly signal?: AbortSignal };
  readonly count: (bytes: number) => void;
}

async function sendCommits(
  { guest, host, options, count }: Link,
  { folder, base, guestFolder, guestBranch, author, remotes }: WorkspacePlan,
): Promise<void> {
  const { objects, objectFormat, shallow } = await findRepository(host, folder, options.signal);
  await using scratch = await scratchRepository(host, { objectFormat, borrow: [objects], shallow });
  const known = await scratch.git(["update-ref", "refs/heads/main", base], options);
  if (known.code !== 0) {
    throw notSent(`The commit ${base} is not in "${folder}" any more`, known.stderr);
  }
  await using bundle = scratch.git.stream(["bundle", "create", "--quiet", "-", "HEAD"], {
    ...options,
    config: PACKING,
  });
  const argv = [
    ...[guestFolder, guestBranch, base, author.name, author.email],
    ...remotes.flatMap(({ name, url, merge }) => [name, url, merge ?? ""]),
  ];
  await using repository = guest.stream(["sh", "-c", receive, "receive-workspace", ...argv], {
    ...options,
    bare: true,
  });
  await bundle.writable.close().catch(() => {});
  // The commits whose parents are missing, each on a line, and an empty line: before the bundle, the script reads those.
  const head = new TextEncoder().encode([...shallow, "", ""].join("\n"));
  const isTaken = await pass(bundle.readable, repository, { head, count });
  // Whoever broke off has the reason: git on the host is still writing when the guest doesn't take it.
  if (isTaken) await expectEnd("Cannot pack the commits of the repository", bundle);
  await expectEnd(NOT_TAKEN, repository);
  if (!isTaken) throw notSent(NOT_TAKEN, "");
}

async function sendFiles(
  { guest, options, count }: Link,
  { folder, include, guestFolder }: WorkspacePlan,
): Promise<void> {
  await using tar = guest.stream([...UNPACK, `--directory=${guestFolder}`], {
    ...options,
    bare: true,
  });
  const isTaken = await pass(packStream(walkIncludes(folder, include)), tar, { count });
  await expectEnd(FILES_NOT_TAKEN, tar);
  if (!isTaken) throw notSent(FILES_NOT_TAKEN, "");
}

const NOT_TAKEN = "The bottle did not take the repository";
const FILES_NOT_TAKEN = "The bottle did not take the included files";
/** Lines of stderr that an error shows. */
const MAX_DETAILS = 10;

/** As `cp` unpacks: the owner is whoever does it. */
const UNPACK = ["tar", "--extract", "--file=-", "--no-same-owner", "--same-permissions"] as const;

/**
 * Passes bytes on as fast as they are taken, and what the program prints into nothing.
 *
 * @param head goes before them, uncounted
 * @returns false if the program stopped reading before the end; why, it says itself
 * @throws what reading fails with
 */
async function pass(
  from: ReadableStream<Uint8Array>,
  to: Duplex,
  { head, count }: { readonly head?: Uint8Array; readonly count: Link["count"] },
): Promise<boolean> {
  const printed = to.readable.pipeTo(new WritableStream()).catch(() => {});
  const writer = to.writable.getWriter();
  // What the writes say is enough.
  writer.closed.catch(() => {});
  const write = (bytes: Uint8Array): Promise<boolean> =>
    writer.write(bytes).then(() => true, () => false);
  try {
    if (head !== undefined && !await write(head)) return false;
    for await (const chunk of from) {
      if (!await write(chunk)) return false;
      count(chunk.length);
    }
    return true;
  } finally {
    await writer.close().catch(() => {});
    writer.releaseLock();
    await printed;
  }
}

async function expectEnd(what: string, program: Duplex): Promise<void> {
  const { code, stderr } = await program.ended;
  if (code !== 0) throw notSent(what, stderr);
}

function notSent(what: string, stderr: string): BottleError {
  const lines = stderr.trim().split("\n").filter((line) => line !== "");
  return new BottleError(what, {
    code: "workspace-not-sent",
    details: lines.slice(-MAX_DETAILS),
    hint: "The guest needs git and room for the files; the repository must be whole: `git fsck`",
  });
}
