/** The person's repository as the way out finds it: what a bottle's workspace came from may have moved since. */

import { BottleError } from "../errors.ts";
import { findRepository, type FoundRepository } from "./find_repository.ts";
import type { GitHost, HostGit } from "./host_git.ts";
import type { Oid } from "./types.ts";

/** The part of it that is used: objects to build on, and refs to write one of. */
export type PersonRepository = Pick<
  FoundRepository,
  "folder" | "objects" | "objectFormat" | "shallow" | "git"
>;

/** Errors of looking that mean: it was here, and is no more. */
const GONE: ReadonlySet<string> = new Set(["workspace-missing", "workspace-no-repository"]);

/**
 * Finds the repository that a bottle's workspace came from, as it is now.
 *
 * @throws {BottleError} `workspace-gone`, `workspace-bare`, `workspace-unsafe`
 */
export async function findPersonRepository(
  host: GitHost,
  folder: string,
  signal?: AbortSignal,
): Promise<PersonRepository> {
  let found: FoundRepository;
  try {
    found = await findRepository(host, folder, signal);
  } catch (error) {
    if (!(error instanceof BottleError) || !GONE.has(error.code)) throw error;
    throw gone(folder, error.message, error.details);
  }
  // With its own .git gone a repository further up answers.
  if (found.folder !== await Deno.realPath(folder)) {
    throw gone(folder, `"${folder}" is not the top of a work tree`, []);
  }
  return found;
}

/** Whether the repository has a commit. */
export async function hasCommit(git: HostGit, oid: Oid, signal?: AbortSignal): Promise<boolean> {
  const options = signal === undefined ? {} : { signal };
  return (await git(["cat-file", "-e", `${oid}^{commit}`], options)).code === 0;
}

function gone(folder: string, why: string, details: readonly string[]): BottleError {
  return new BottleError(`The workspace's repository is not at "${folder}" any more`, {
    code: "workspace-gone",
    details: [why, ...details],
    hint: "If it has moved, pass --repository DIR; a clone that has the same commits will do too",
  });
}
