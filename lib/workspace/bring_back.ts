/** Checked commits into the person's repository: objects first, then one ref, in one step. */

import { BottleError } from "../errors.ts";
import type { BranchName } from "./branch_name.ts";
import type { HostGit } from "./host_git.ts";
import { hasCommit, type PersonRepository } from "./person_repository.ts";
import type { Quarantine } from "./quarantine.ts";
import { isOid, type Oid } from "./types.ts";

/** What is brought where. */
export interface BringRequest {
  readonly repository: PersonRepository;
  readonly branch: BranchName;
  /** Take the branch back, too, if what it has is not in the agent's history. */
  readonly force: boolean;
  /** For the branch's log. */
  readonly message: string;
  readonly signal?: AbortSignal;
}

/** What became of the branch. */
export interface Brought {
  readonly kind: "created" | "forwarded" | "forced" | "unchanged";
  /** Before; null: there was none. */
  readonly from: Oid | null;
  readonly to: Oid;
}

/** How long git may take with the objects, in milliseconds. */
const TRANSFER_MS = 10 * 60_000;

/**
 * Brings HEAD's commits; what was uncommitted stays out. In the person's repository git only stores objects and moves a ref: no hook, no
 * checkout, no merge.
 *
 * @throws {BottleError} `branch-checked-out`, `branch-symbolic`, `not-a-fast-forward`, `branch-moved`, `git-failed`
 */
export async function bringBack(quarantine: Quarantine, request: BringRequest): Promise<Brought> {
  const { repository, branch, force, signal } = request;
  const { head } = quarantine;
  const ref = `refs/heads/${branch}`;
  await refuseCheckedOut(repository, ref, signal);
  const from = await readBranch(repository.git, ref, signal);
  if (from === head) return { kind: "unchanged", from, to: head };
  const isForward = from === null || await isAncestor(quarantine.git, from, head, signal);
  if (!isForward && !force) throw notAFastForward(branch, from);
  await transfer(quarantine, request, from);
  await moveRef(request, { ref, from, to: head });
  const kind = from === null ? "created" : isForward ? "forwarded" : "forced";
  return { kind, from, to: head };
}

/** The work trees that a repository has, this one and linked ones, each with the branch that it is on. */
async function refuseCheckedOut(
  { git }: PersonRepository,
  ref: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const text = await git.text(["worktree", "list", "--porcelain"], options(signal));
  let folder = "";
  for (const field of text.split("\n")) {
    if (field.startsWith("worktree ")) folder = field.slice("worktree ".length);
    if (field !== `branch ${ref}`) continue;
    const branch = ref.slice("refs/heads/".length);
    throw new BottleError(`The branch "${branch}" is checked out in "${folder}"`, {
      code: "branch-checked-out",
      hint: "Its files would not follow. Name another one with --branch, and merge that",
    });
  }
}

async function readBranch(
  git: HostGit,
  ref: string,
  signal: AbortSignal | undefined,
): Promise<Oid | null> {
  const symbolic = await git(["symbolic-ref", "--quiet", ref], options(signal));
  if (symbolic.code === 0) {
    throw new BottleError(`"${ref}" is only another name of "${symbolic.stdout.trim()}"`, {
      code: "branch-symbolic",
      hint: "Name another branch with --branch",
    });
  }
  const found = await git(["rev-parse", "--verify", "--quiet", ref], options(signal));
  const oid = found.stdout.trim();
  return isOid(oid) ? oid : null;
}

async function isAncestor(
  git: HostGit,
  older: Oid,
  newer: Oid,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const { code } = await git(["merge-base", "--is-ancestor", older, newer], options(signal));
  return code === 0;
}

/** Packs what the person lacks, from the quarantine, and has the person's git store it. */
async function transfer(
  { git, head, base }: Quarantine,
  { repository, signal }: BringRequest,
  from: Oid | null,
): Promise<void> {
  const known = [base, ...(from === null ? [] : [from])];
  const missing = ["--objects", head, "--not", ...known];
  const count = Number(await git.text(["rev-list", "--count", ...missing], options(signal)));
  if (count === 0 && await hasCommit(repository.git, head, signal)) return;
  await using packing = git.stream(
    ["pack-objects", "--revs", "--stdout", "--quiet", "--delta-base-offset"],
    // What the bundle had as it is goes on as it is.
    { config: ["core.bigFileThreshold=4m"], ...options(signal) },
  );
  const writer = packing.writable.getWriter();
  const asked = writer.write(
    new TextEncoder().encode([head, ...known.map((oid) => `^${oid}`), ""].join("\n")),
  ).then(() => writer.close()).catch(() => {});
  const args = ["index-pack", "--stdin", "--strict"];
  const stored = await repository.git(args, {
    stdin: packing.readable,
    keepBytes: 64 * 1024,
    timeoutMs: TRANSFER_MS,
    ...options(signal),
  });
  await asked;
  const packed = await packing.ended;
  signal?.throwIfAborted();
  if (packed.code !== 0) throw notStored(packed.stderr);
  if (stored.code !== 0) throw notStored(stored.stderr);
}

async function moveRef(
  { repository, branch, message, signal }: BringRequest,
  { ref, from, to }: { readonly ref: string; readonly from: Oid | null; readonly to: Oid },
): Promise<void> {
  // Zeros: there must be none.
  const expected = from ?? "0".repeat(to.length);
  const args = ["update-ref", "--no-deref", "-m", message, ref, to, expected];
  const { code, stderr } = await repository.git(args, {
    env: IDENTITY,
    ...options(signal),
  });
  if (code === 0) return;
  throw new BottleError(`Cannot write the branch "${branch}"`, {
    code: "branch-not-written",
    details: stderr.trim().split("\n").slice(-5),
    hint:
      "Somebody may have moved it meanwhile, or its name collides with another branch: try again, or pass --branch",
  });
}

/** Who moves the branch, in its log. */
const IDENTITY = {
  GIT_COMMITTER_NAME: "bot-bottle",
  GIT_COMMITTER_EMAIL: "bot-bottle@localhost",
} as const;

function options(signal: AbortSignal | undefined): { readonly signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}

function notAFastForward(branch: string, from: Oid): BottleError {
  return new BottleError(
    `The branch "${branch}" is at ${from.slice(0, 12)}, which is not in the agent's history`,
    {
      code: "not-a-fast-forward",
      hint: "Pass --force to put it on the agent's commits, or --branch for another one",
    },
  );
}

function notStored(stderr: string): BottleError {
  return new BottleError("Cannot store the agent's commits in your repository", {
    code: "git-failed",
    details: stderr.trim().split("\n").slice(-10).filter((line) => line !== ""),
    hint: "No branch was changed",
  });
}
