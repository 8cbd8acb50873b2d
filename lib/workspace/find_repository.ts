/** The repository that a folder of the host belongs to, found from there upwards as git does. */

import { BottleError, ExitCode } from "../errors.ts";
import { type GitHost, type HostGit, hostGit } from "./host_git.ts";
import { leadsElsewhere } from "./own_repository.ts";
import { isPlainFile } from "./plain_file.ts";
import { safeFolders } from "./own_config.ts";
import type { ObjectFormat } from "./scratch_repository.ts";
import { isOid, type Oid } from "./types.ts";

/** A repository with a work tree. */
export interface FoundRepository {
  /** The work tree's top folder, absolute, links resolved. */
  readonly folder: string;
  /** Its git dir, absolute; of a linked work tree: that one's own. */
  readonly gitDir: string;
  /** Its folder of objects, absolute. */
  readonly objects: string;
  /** Its index, absolute; it need not exist. */
  readonly index: string;
  /** Its own list of ignored files, absolute; it need not exist. */
  readonly exclude: string;
  readonly objectFormat: ObjectFormat;
  /** Commits whose parents are not there. */
  readonly shallow: readonly Oid[];
  /** git in it: for plumbing that its configuration can't make start anything. */
  readonly git: HostGit;
}

/** Reading a repository's configuration may block: a `FIFO` that it includes. Milliseconds. */
const MAX_MS = 30_000;

/**
 * Finds it. git's own guard against repositories of other users holds, with what the person called safe.
 *
 * @throws {BottleError} `workspace-missing`, `workspace-no-repository`, `workspace-unsafe`, `workspace-bare`,
 *   `workspace-elsewhere`, `git-missing`, `timeout`
 */
export async function findRepository(
  host: GitHost,
  folder: string,
  signal?: AbortSignal,
): Promise<FoundRepository> {
  const real = await realFolder(folder);
  const options = { timeoutMs: MAX_MS, ...(signal === undefined ? {} : { signal }) };
  let git = hostGit(host, { folder: real });
  const ask = ["rev-parse", "--is-bare-repository", "--is-inside-work-tree"];
  let asked = await git(ask, options);
  if (isDubious(asked.stderr)) {
    git = hostGit(host, { folder: real, safeFolders: await safeFolders(host, signal) });
    asked = await git(ask, options);
  }
  if (isDubious(asked.stderr)) throw unsafe(real);
  if (asked.code !== 0) throw noRepository(real, asked.stderr);
  const [isBare, isInside] = asked.stdout.split("\n");
  if (isBare === "true" || isInside !== "true") throw bare(real);

  const places = await git.text(
    [
      "rev-parse",
      "--path-format=absolute",
      "--show-object-format",
      "--git-dir",
      "--git-common-dir",
      ...["objects", "index", "info/exclude", "shallow"].flatMap((path) => ["--git-path", path]),
      "--show-toplevel",
    ],
    options,
  );
  const [
    format,
    gitDir = "",
    commonDir = "",
    objects = "",
    index = "",
    exclude = "",
    shallow = "",
    top = "",
    ...rest
  ] = places.split("\n");
  // More lines: a folder with a line end in its name, which nobody can tell apart here.
  if (rest.join("") !== "") throw noRepository(real, "its path has a line end in it");
  if (!await isTop(top, real)) throw noRepository(real, `its work tree is set to be "${top}"`);
  const named = await git(["config", "--get", "core.worktree"], options);
  const elsewhere = await leadsElsewhere({
    top,
    gitDir,
    commonDir,
    namesWorkTree: named.code === 0,
  });
  if (elsewhere !== undefined) throw leadsAway(real, elsewhere);
  return {
    folder: top,
    gitDir,
    objects,
    index,
    exclude,
    objectFormat: format === "sha256" ? "sha256" : "sha1",
    shallow: await readShallow(shallow),
    git,
  };
}

/** Whether the work tree is the one that lies around the folder: `core.worktree` may say anything. */
async function isTop(top: string, folder: string): Promise<boolean> {
  if (folder !== top && !folder.startsWith(top === "/" ? top : `${top}/`)) return false;
  try {
    await Deno.lstat(`${top}/.git`);
    return true;
  } catch {
    return false;
  }
}

async function realFolder(folder: string): Promise<string> {
  try {
    const real = await Deno.realPath(folder);
    if ((await Deno.stat(real)).isDirectory) return real;
  } catch (error) {
    if (
      !(error instanceof Deno.errors.NotFound) && !(error instanceof Deno.errors.NotADirectory)
    ) throw error;
  }
  throw new BottleError(`No folder "${folder}"`, {
    code: "workspace-missing",
    exitCode: ExitCode.cannotStart,
    hint: "Name the folder of a git repository, or leave it out for the working directory",
  });
}

async function readShallow(file: string): Promise<readonly Oid[]> {
  if (!await isPlainFile(file, MAX_SHALLOW_BYTES)) return [];
  return (await Deno.readTextFile(file)).split("\n").filter(isOid);
}

/** A million commits whose parents are not there. */
const MAX_SHALLOW_BYTES = 64 * 1024 ** 2;

/** As git says it since 2.35.2. */
function isDubious(stderr: string): boolean {
  return /detected dubious ownership|unsafe repository/.test(stderr);
}

function noRepository(folder: string, why: string): BottleError {
  return new BottleError(`"${folder}" is no work tree of a git repository`, {
    code: "workspace-no-repository",
    exitCode: ExitCode.cannotStart,
    details: why.trim().split("\n").filter((line) => line !== ""),
    hint:
      "A bottle gets commits: make it one with `git init` and `git commit`, or name another folder",
  });
}

function bare(folder: string): BottleError {
  return new BottleError(`The repository at "${folder}" has no work tree there`, {
    code: "workspace-bare",
    exitCode: ExitCode.cannotStart,
    hint:
      "Name a folder of a work tree: `git worktree add` or `git clone` makes one of a bare repository",
  });
}

function leadsAway(folder: string, why: string): BottleError {
  return new BottleError(`"${folder}" may not be what it seems: ${why}`, {
    code: "workspace-elsewhere",
    exitCode: ExitCode.cannotStart,
    hint:
      "What was unpacked could name another repository of yours. If it is meant: clone it, and name the clone; a repository kept apart says whose it is with `git config core.worktree`",
  });
}

function unsafe(folder: string): BottleError {
  return new BottleError(`The repository at "${folder}" belongs to another user`, {
    code: "workspace-unsafe",
    exitCode: ExitCode.cannotStart,
    hint: `If you trust it: git config --global --add safe.directory ${folder}`,
  });
}
