/**
 * The agent's commits in a repository of our own, checked object by object, before anything of them gets near the
 * person's. It borrows the person's objects to build on; its configuration is ours, it has no hooks, no attributes and no work tree.
 */

import { dirname, join } from "node:path";
import { BottleError } from "../errors.ts";
import { type BundleHeader, MAX_HEADER_BYTES, parseBundleHeader } from "./bundle_header.ts";
import { MAX_WORK_BYTES } from "./collect.ts";
import type { Renames } from "./diff_options.ts";
import type { GitHost, HostGit } from "./host_git.ts";
import { hasCommit, type PersonRepository } from "./person_repository.ts";
import { objectNames } from "./pack_index.ts";
import { type ScratchRepository, scratchRepository } from "./scratch_repository.ts";
import type { Oid } from "./types.ts";
import type { WorkFacts } from "./work_facts.ts";

/** The names that `collect.sh` gives. */
const HEAD_REF = "refs/bot-bottle/head";
const UNCOMMITTED_REF = "refs/bot-bottle/uncommitted";

/** What an import may cost. */
export interface QuarantineLimits {
  /** Of the bundle. */
  readonly packBytes: number;
  readonly objects: number;
  /** Of one piece of memory that git takes, such as an object with its delta; it holds some of them at once. */
  readonly memoryBytes: number;
  /** Of all new objects, unpacked: what a checkout could write. */
  readonly unpackedBytes: number;
  readonly timeoutMs: number;
}

/** Generous for work, and far below what harms a machine. */
export const QUARANTINE_LIMITS: QuarantineLimits = {
  packBytes: MAX_WORK_BYTES,
  objects: 5_000_000,
  memoryBytes: 512 * 1024 ** 2,
  unpackedBytes: 16 * 1024 ** 3,
  timeoutMs: 10 * 60_000,
};

/** What is imported. */
export interface QuarantineRequest {
  readonly repository: PersonRepository;
  readonly facts: WorkFacts;
  /** The bundle's file; null: nothing came that the person doesn't have. */
  readonly bundle: string | null;
  /** What the agent began with. */
  readonly base: Oid;
  /** Default {@linkcode QUARANTINE_LIMITS}. */
  readonly limits?: QuarantineLimits;
  readonly signal?: AbortSignal;
}

/** Checked objects. Disposing it removes them. */
export interface Quarantine extends AsyncDisposable {
  /** git among them; it sees the person's objects too. */
  readonly git: HostGit;
  readonly base: Oid;
  readonly head: Oid;
  readonly uncommitted: Oid | null;
  /** Whether the agent's history and the person's have a commit in common. */
  readonly isRelated: boolean;
  /** How far a comparison may look for renames: where much came, to compare each with each costs too much. */
  readonly renames: Renames;
}

/**
 * Imports collected work: the bundle's head to the letter, each object by git's own check (`fsck`), nothing missing, nothing out of
 * proportion.
 *
 * @throws {BottleError} `base-gone`, `work-unreadable`, `work-refused`, `work-too-big`, `timeout`
 */
export async function openQuarantine(
  host: GitHost,
  request: QuarantineRequest,
): Promise<Quarantine> {
  const { repository, facts, bundle, base, signal } = request;
  await using undo = new AsyncDisposableStack();
  const scratch = undo.use(
    await scratchRepository(host, {
      objectFormat: repository.objectFormat,
      borrow: [repository.objects],
      shallow: repository.shallow,
      // Beside the bundle there is room for as much again; a folder for temporary files may lie in memory.
      ...(bundle === null ? {} : { parent: dirname(bundle) }),
    }),
  );
  const { git } = scratch;
  if (!await hasCommit(git, base, signal)) throw baseGone(repository, base);
  const bytes = bundle === null ? 0 : await importBundle(scratch, bundle, request);
  const tips = [facts.head, ...(facts.uncommitted === null ? [] : [facts.uncommitted])];
  await requireTips(git, request, tips);
  const related = await git(
    ["merge-base", base, facts.head],
    signal === undefined ? {} : { signal },
  );
  const moved = undo.move();
  return {
    git,
    base,
    head: facts.head,
    uncommitted: facts.uncommitted,
    isRelated: related.code === 0,
    renames: bytes > MAX_ALIKE_BYTES ? "same" : "alike",
    [Symbol.asyncDispose]: () => moved.disposeAsync(),
  };
}

/** Of all new objects, unpacked, to look for files that are alike. */
const MAX_ALIKE_BYTES = 64 * 1024 ** 2;

/** The size of all new objects, unpacked. */
async function importBundle(
  { git, folder }: ScratchRepository,
  file: string,
  request: QuarantineRequest,
): Promise<number> {
  const { limits = QUARANTINE_LIMITS, signal } = request;
  const header = await readHeader(file);
  await checkHeader(git, header, request);
  using handle = await Deno.open(file, { read: true });
  await handle.seek(header.packAt, Deno.SeekMode.Start);
  const { code, stdout, stderr } = await git(
    [
      "index-pack",
      "--stdin",
      "--fix-thin",
      "--strict",
      // Each thread unpacks deltas of its own, and has memory of its own for them.
      "--threads=1",
      `--max-input-size=${limits.packBytes}`,
    ],
    {
      stdin: chunksOf(handle),
      keepBytes: KEEP_BYTES,
      timeoutMs: limits.timeoutMs,
      // git's own brake: an allocation beyond it ends the program. A delta may claim any size.
      env: { GIT_ALLOC_LIMIT: `${limits.memoryBytes}` },
      ...(signal === undefined ? {} : { signal }),
    },
  );
  if (code !== 0) throw refused(stderr);
  const pack = /^(?:pack|keep)\t([0-9a-f]+)$/m.exec(stdout)?.[1];
  if (pack === undefined) throw refused("git named no pack");
  return await checkSizes(git, join(folder, "objects", "pack", `pack-${pack}.idx`), limits, signal);
}

/** Of what git says about a pack that it refuses. */
const KEEP_BYTES = 64 * 1024;

async function readHeader(file: string): Promise<BundleHeader> {
  using handle = await Deno.open(file, { read: true });
  const bytes = new Uint8Array(MAX_HEADER_BYTES);
  let size = 0;
  while (size < bytes.length) {
    const read = await handle.read(bytes.subarray(size));
    if (read === null) break;
    size += read;
  }
  return parseBundleHeader(bytes.subarray(0, size));
}

async function checkHeader(
  git: HostGit,
  { refs, prerequisites, objects }: BundleHeader,
  { facts, repository, base, limits = QUARANTINE_LIMITS, signal }: QuarantineRequest,
): Promise<void> {
  const expected = new Map<string, Oid | null>([
    [HEAD_REF, facts.head],
    [UNCOMMITTED_REF, facts.uncommitted],
  ]);
  for (const [ref, oid] of refs) {
    if (expected.get(ref) !== oid) throw refused("it names other commits than were asked for");
  }
  if (objects > limits.objects) throw outOfProportion(`${objects} objects`);
  for (const oid of prerequisites) {
    if (!await hasCommit(git, oid, signal)) throw baseGone(repository, oid === base ? base : oid);
  }
}

/** A chunk at a time, as the program takes them. The handle stays the caller's. */
function chunksOf(handle: Deno.FsFile): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller): Promise<void> {
      const chunk = new Uint8Array(256 * 1024);
      const read = await handle.read(chunk);
      if (read === null) controller.close();
      else controller.enqueue(chunk.subarray(0, read));
    },
  }, { highWaterMark: 0 });
}

/** Adds the sizes up that the objects have when unpacked. */
async function checkSizes(
  git: HostGit,
  index: string,
  limits: QuarantineLimits,
  signal: AbortSignal | undefined,
): Promise<number> {
  let total = 0;
  const { code, stderr } = await git(["cat-file", "--batch-check=%(objectsize)", "--buffer"], {
    stdin: objectNames(index),
    keepBytes: KEEP_BYTES,
    onLine: (line, from) => {
      if (from === "stdout") total += Number(line);
    },
    ...(signal === undefined ? {} : { signal }),
  });
  if (code !== 0 || !Number.isSafeInteger(total)) throw refused(stderr);
  if (total > limits.unpackedBytes) {
    throw outOfProportion(`${Math.round(total / 1024 ** 2)} MiB when unpacked`);
  }
  return total;
}

async function requireTips(
  git: HostGit,
  { facts, base, signal }: QuarantineRequest,
  tips: readonly Oid[],
): Promise<void> {
  const options = signal === undefined ? {} : { signal };
  for (const tip of tips) {
    if (!await hasCommit(git, tip, signal)) {
      throw refused("the commit that it leads to is not in it");
    }
  }
  const walk = await git(
    ["rev-list", "--objects", "--quiet", ...tips, "--not", base],
    { ...options, keepBytes: KEEP_BYTES },
  );
  if (walk.code !== 0) throw refused(walk.stderr);
  if (facts.uncommitted === null) return;
  const parents = await git(["rev-parse", "--verify", `${facts.uncommitted}^@`], options);
  if (parents.stdout.trim() !== facts.head) {
    throw refused("the uncommitted work does not sit on HEAD");
  }
}

function refused(why: string): BottleError {
  // Folders ten thousand deep end git without a word.
  const said = why.trim() || "git could not read it";
  const [first = "", ...more] = said.split("\n").slice(-10);
  return new BottleError(
    `The agent's work is refused: ${first.replace(/^(?:fatal|error): /, "")}`,
    {
      code: "work-refused",
      details: more,
      hint:
        "Nothing of it has reached your repository. Look at it in the bottle, with `bot-bottle exec`",
    },
  );
}

function outOfProportion(what: string): BottleError {
  return new BottleError(`The agent's work is refused: ${what} are more than work can be`, {
    code: "work-too-big",
    hint:
      "Nothing of it has reached your repository. Look at it in the bottle, with `bot-bottle exec`",
  });
}

function baseGone({ folder }: PersonRepository, oid: Oid): BottleError {
  return new BottleError(
    `The repository "${folder}" has no commit ${oid} any more, which the agent's work builds on`,
    {
      code: "base-gone",
      hint: "Pass --repository DIR with a clone that has it, or fetch it into this one by its name",
    },
  );
}
