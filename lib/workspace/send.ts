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
  /** The branch that it is on in the guest. */
  readonly branch: string;
  /** Who commits, if nothing in the guest says so. */
  readonly author: { readonly name: string; readonly email: string };
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
  const { workspace, branch, author, signal, onBytes } = request;
  let sent = 0;
  const count = (bytes: number): void => onBytes?.(sent += bytes);
  const { objects, objectFormat, shallow } = await findRepository(host, workspace.folder, signal);
  await using scratch = await scratchRepository(host, {
    objectFormat,
    borrow: [objects],
    shallow,
  });
  const options = signal === undefined ? {} : { signal };
  const known = await scratch.git(["update-ref", "refs/heads/main", workspace.base], options);
  if (known.code !== 0) throw notSent("the commit is not in the repository any more", known.stderr);

  const stopped = { bare: true, ...options };
  const { guestFolder, base } = workspace;
  const argv = [guestFolder, branch, base, author.name, author.email];
  await using bundle = scratch.git.stream(["bundle", "create", "--quiet", "-", "HEAD"], {
    config: PACKING,
    ...options,
  });
  await using repository = guest.stream(
    ["sh", "-c", receive, "receive-workspace", ...argv],
    stopped,
  );
  await bundle.writable.close().catch(() => {});
  const head = new TextEncoder().encode([...shallow, "", ""].join("\n"));
  const isTaken = await pass(bundle.readable, repository, count, head, signal);
  // Whoever broke off has the reason: a host's git that is still writing was broken off by the guest.
  if (isTaken) await expectEnd("Cannot pack the repository's commits", bundle);
  await expectEnd("The bottle did not take the repository", repository);

  if (workspace.include.length === 0) return;
  await using tar = guest.stream([...UNPACK, `--directory=${guestFolder}`], stopped);
  const files = packStream(walkIncludes(workspace.folder, workspace.include));
  await pass(files, tar, count, new Uint8Array(), signal);
  await expectEnd("The bottle did not take the included files", tar);
}

/** As `cp` unpacks: the owner is whoever does it. */
const UNPACK = ["tar", "--extract", "--file=-", "--no-same-owner", "--same-permissions"] as const;

/**
 * Passes bytes on as fast as they are taken, and what the program prints into nothing.
 *
 * @returns false if the program stopped reading before the end; why, it says itself
 * @throws what reading fails with, or the signal's reason
 */
async function pass(
  from: ReadableStream<Uint8Array>,
  to: Duplex,
  count: (bytes: number) => void,
  head: Uint8Array,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const printed = to.readable.pipeTo(new WritableStream()).catch(() => {});
  const writer = to.writable.getWriter();
  // Both are told by the writes as well.
  writer.closed.catch(() => {});
  const write = (bytes: Uint8Array): Promise<boolean> =>
    writer.write(bytes).then(() => true, () => false);
  let isTaken = head.length === 0 || await write(head);
  try {
    for await (const chunk of from) {
      if (!isTaken) break;
      isTaken = await write(chunk);
      if (isTaken) count(chunk.length);
    }
    return isTaken;
  } finally {
    signal?.throwIfAborted();
    await writer.close().catch(() => {});
    writer.releaseLock();
    if (isTaken) await printed;
  }
}

async function expectEnd(what: string, program: Duplex): Promise<void> {
  const { code, stderr } = await program.ended;
  if (code === 0) return;
  throw notSent(what, stderr, code);
}

function notSent(why: string, stderr: string, code?: number): BottleError {
  const lines = stderr.trim().split("\n").filter((line) => line !== "");
  return new BottleError(
    code === undefined ? `Cannot bring the workspace in: ${why}` : `${why}: it ended with ${code}`,
    {
      code: "workspace-not-sent",
      details: lines.slice(-10),
      hint:
        "The guest needs git and room for the repository; the host's must be whole (`git fsck`)",
    },
  );
}
