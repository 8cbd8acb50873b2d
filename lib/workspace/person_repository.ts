/** The person's repository as the way out sees it: objects to build on, and refs to write one of. */

import { BottleError } from "../errors.ts";
import { type GitHost, type HostGit, hostGit } from "./host_git.ts";
import type { ObjectFormat } from "./scratch_repository.ts";
import { isOid, type Oid } from "./types.ts";

/** A repository on the host. */
export interface PersonRepository {
  /** The work tree's top folder. */
  readonly folder: string;
  /** Its folder of objects, absolute. */
  readonly objects: string;
  readonly objectFormat: ObjectFormat;
  /** Commits whose parents are not there. */
  readonly shallow: readonly Oid[];
  /** git in it: for plumbing that its configuration can't make start anything. */
  readonly git: HostGit;
}

/**
 * Finds the repository that a bottle's workspace came from, as it is now.
 *
 * @throws {BottleError} `workspace-gone`, `workspace-bare`
 */
export async function findPersonRepository(
  host: GitHost,
  folder: string,
  options: { readonly safeFolders?: readonly string[]; readonly signal?: AbortSignal } = {},
): Promise<PersonRepository> {
  const { safeFolders, signal } = options;
  const call = signal === undefined ? {} : { signal };
  const real = await realPath(folder);
  const git = hostGit(host, {
    folder: real,
    ...(safeFolders === undefined ? {} : { safeFolders }),
  });
  const asked = await git([
    "rev-parse",
    "--path-format=absolute",
    "--is-bare-repository",
    "--show-object-format",
    "--git-path",
    "objects",
    "--git-path",
    "shallow",
  ], call);
  if (asked.code !== 0) throw gone(folder, "it is no git repository", asked.stderr);
  const [isBare, format, objects, shallow, ...more] = asked.stdout.split("\n");
  if (isBare === "true") {
    throw new BottleError(`The repository "${folder}" has no work tree any more: it is bare`, {
      code: "workspace-bare",
      hint: "Pass --repository DIR with a clone of it",
    });
  }
  const top = await git(["rev-parse", "--path-format=absolute", "--show-toplevel"], call);
  if (top.stdout.replace(/\n$/, "") !== real) {
    throw gone(folder, "it is not the top of a work tree", top.stderr);
  }
  if (objects === undefined || shallow === undefined || more.join("") !== "") {
    throw gone(folder, "its path has a line end in it", "");
  }
  return {
    folder: real,
    objects,
    objectFormat: format === "sha256" ? "sha256" : "sha1",
    shallow: await readShallow(shallow),
    git,
  };
}

/** Whether the repository has a commit. */
export async function hasCommit(git: HostGit, oid: Oid, signal?: AbortSignal): Promise<boolean> {
  const options = signal === undefined ? {} : { signal };
  return (await git(["cat-file", "-e", `${oid}^{commit}`], options)).code === 0;
}

async function realPath(folder: string): Promise<string> {
  try {
    return await Deno.realPath(folder);
  } catch (error) {
    throw gone(folder, "there is no such folder", error instanceof Error ? error.message : "");
  }
}

async function readShallow(file: string): Promise<readonly Oid[]> {
  try {
    return (await Deno.readTextFile(file)).split("\n").filter(isOid);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

function gone(folder: string, why: string, said: string): BottleError {
  return new BottleError(`The workspace's repository is not at "${folder}" any more: ${why}`, {
    code: "workspace-gone",
    details: said.trim().split("\n").filter((line) => line !== ""),
    hint: "If it has moved, pass --repository DIR; a clone that has the same commits will do too",
  });
}
