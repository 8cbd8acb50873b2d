/** What a bottle would get of a repository, found out before anything is planned: planning itself starts no program. */

import { BottleError, ExitCode } from "../errors.ts";
import { countUncommitted } from "./count_uncommitted.ts";
import { findRepository, type FoundRepository } from "./find_repository.ts";
import type { GitHost, GitOptions } from "./host_git.ts";
import { checkIncludes } from "./include.ts";
import { readRemotes } from "./remotes.ts";
import { type ScratchRepository, scratchRepository } from "./scratch_repository.ts";
import { type LeftOut, type Oid, parseOid, type WorkspaceSource } from "./types.ts";

/** What is asked for. */
export interface WorkspaceRequest {
  /** Any folder of the work tree, absolute. */
  readonly folder: string;
  /** Untracked or ignored files and folders to bring in, absolute. */
  readonly include?: readonly string[];
  /** Ends the inspection. */
  readonly signal?: AbortSignal;
}

/** No repository has a file of attributes that is longer, in bytes; what comes after says nothing. */
const MAX_ATTRIBUTES = 1024 * 1024;

/**
 * Looks at the repository of a folder. Nothing that its configuration, hooks, filters or attributes name is started.
 *
 * @throws {BottleError} `workspace-…` with what to do about it, `git-missing`
 */
export async function inspectWorkspace(
  host: GitHost,
  request: WorkspaceRequest,
): Promise<WorkspaceSource> {
  const { signal } = request;
  const options: GitOptions = signal === undefined ? {} : { signal };
  const repository = await findRepository(host, request.folder, signal);
  const branch = await readBranch(repository, options);
  const base = await readBase(repository, branch, options);
  const include = await checkIncludes(repository.folder, request.include ?? []);
  await using scratch = await scratchRepository(host, {
    objectFormat: repository.objectFormat,
    borrow: [repository.objects],
    shallow: repository.shallow,
  });
  await scratch.git.text(["update-ref", "refs/heads/main", base], options);
  await refuseMissingObjects(repository, scratch, options);
  return {
    folder: repository.folder,
    branch,
    base,
    include,
    isShallow: repository.shallow.length > 0,
    uncommitted: await countUncommitted(host, repository, scratch, signal),
    leftOut: await findLeftOut(scratch, options),
    remotes: await readRemotes(repository.git, branch, options),
  };
}

/** The branch that HEAD is on, as far as its name is text. */
async function readBranch(
  { git, folder }: FoundRepository,
  options: GitOptions,
): Promise<string | null> {
  const { code, stdout, stderr } = await git(["symbolic-ref", "--quiet", "HEAD"], options);
  if (code === 1) return null;
  const ref = stdout.replace(/\n$/, "");
  if (code !== 0) throw unreadable(folder, stderr);
  if (!ref.startsWith("refs/heads/") || ref.includes("\ufffd")) return null;
  return ref.slice("refs/heads/".length);
}

async function readBase(
  { git, folder }: FoundRepository,
  branch: string | null,
  options: GitOptions,
): Promise<Oid> {
  const { code, stdout, stderr } = await git(["rev-parse", "--verify", "HEAD^{commit}"], options);
  if (code === 0) return parseOid(stdout.trim(), () => unreadable(folder, stdout));
  if (branch !== null) {
    const ref = ["show-ref", "--verify", "--quiet", `refs/heads/${branch}`];
    if ((await git(ref, options)).code !== 0) throw empty(folder);
  }
  throw unreadable(folder, stderr);
}

/** A clone made with `--filter` lacks objects, which git would fetch when it needs them; here it must not. */
async function refuseMissingObjects(
  { folder, objects }: FoundRepository,
  { git }: ScratchRepository,
  options: GitOptions,
): Promise<void> {
  if (!await hasPromisedPacks(objects)) return;
  let isMissing = false;
  const onLine = (line: string): void => {
    isMissing ||= line.startsWith("?");
  };
  const walk = ["rev-list", "--objects", "--missing=print", "refs/heads/main"];
  const { code } = await git(walk, { ...options, onLine, keepBytes: 0 });
  if (code === 0 && !isMissing) return;
  throw new BottleError(`The repository at "${folder}" is a partial clone that lacks objects`, {
    code: "workspace-partial",
    exitCode: ExitCode.cannotStart,
    hint:
      "Fetch what is missing with `git fetch --refetch --no-filter`, or clone it without --filter",
  });
}

async function hasPromisedPacks(objects: string): Promise<boolean> {
  try {
    for await (const { name } of Deno.readDir(`${objects}/pack`)) {
      if (name.endsWith(".promisor")) return true;
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return false;
}

async function findLeftOut(
  { git }: ScratchRepository,
  options: GitOptions,
): Promise<readonly LeftOut[]> {
  const modules = await git(["cat-file", "-e", "main:.gitmodules"], options);
  const attributes = await git(
    ["cat-file", "blob", "main:.gitattributes"],
    { ...options, keepBytes: MAX_ATTRIBUTES },
  );
  return [
    ...(modules.code === 0 ? ["submodules" as const] : []),
    ...(/^[^#\n]*\sfilter=lfs\b/m.test(attributes.stdout) ? ["lfs" as const] : []),
  ];
}

function empty(folder: string): BottleError {
  return new BottleError(`The repository at "${folder}" has no commit yet`, {
    code: "workspace-empty",
    exitCode: ExitCode.cannotStart,
    hint: "A bottle gets commits: make the first with `git commit`, `--allow-empty` if need be",
  });
}

function unreadable(folder: string, said: string): BottleError {
  return new BottleError(`Cannot tell where HEAD of the repository at "${folder}" is`, {
    code: "workspace-unreadable",
    exitCode: ExitCode.cannotStart,
    details: said.trim().split("\n").filter((line) => line !== ""),
    hint: "Look at it with `git status` and `git fsck`",
  });
}
