/** Bringing a tree out of a guest: a tar over some program's stdout, unpacked as if its maker were hostile. */

import { unpackTar } from "../../lib/archive/unpack.ts";
import { BottleError, ExitCode } from "../../lib/errors.ts";
import type { Duplex } from "../../lib/process/run.ts";

/** Options of {@linkcode copyOut}. */
export interface CopyOut {
  /** In the guest, absolute, not the root. */
  readonly path: string;
  /** On the host; exists. */
  readonly intoFolder: string;
  /** Starts what writes the tar of `name` in the folder `parent`, both of the guest. */
  readonly open: (parent: string, name: string) => Duplex;
  readonly signal?: AbortSignal;
}

/**
 * Unpacks beside the target and moves the result there only when it is whole; what is there already is never
 * replaced.
 *
 * @throws {BottleError} `archive-unsafe`, `archive-broken`; `not-found`, `copy-failed` with the guest's word; `exists`
 */
export async function copyOut(options: CopyOut): Promise<void> {
  const { parent, name } = splitPath(options.path);
  const target = `${options.intoFolder}/${name}`;
  if (await exists(target)) throw alreadyThere(target);
  const fresh = await Deno.makeTempDir({ dir: options.intoFolder, prefix: ".bot-bottle-copy-" });
  try {
    await receive(options, parent, name, fresh);
    // Between the look above and now somebody may have made it; an empty folder is all that a rename would replace.
    if (await exists(target)) throw alreadyThere(target);
    await Deno.rename(`${fresh}/${name}`, target);
  } finally {
    await Deno.remove(fresh, { recursive: true });
  }
}

async function receive(
  options: CopyOut,
  parent: string,
  name: string,
  folder: string,
): Promise<void> {
  await using tar = options.open(parent, name);
  const signal = options.signal === undefined ? {} : { signal: options.signal };
  const unpacked = await unpackTar(tar.readable, folder, signal).catch(async (error: unknown) => {
    const broken = error instanceof BottleError && error.code === "archive-broken";
    if (!broken) throw error;
    const { code, stderr } = await tar.ended;
    throw code === 0 ? error : refused(options.path, code, stderr);
  });
  const { code, stderr } = await tar.ended;
  // 1: a file changed while it was read, as files of a running agent do.
  if (code > 1 || unpacked.top.length === 0) throw refused(options.path, code, stderr);
  const other = unpacked.top.find((top) => top !== name);
  if (other !== undefined) {
    throw new BottleError(`The guest sent ${JSON.stringify(other)}, which was not asked for`, {
      code: "archive-unsafe",
    });
  }
}

/** The name is the host's file name afterwards. @throws {BottleError} `copy-path` for what is no absolute path below the root */
function splitPath(path: string): { parent: string; name: string } {
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  const name = parts.pop();
  if (!path.startsWith("/") || name === undefined || [...parts, name].includes("..")) {
    throw new BottleError(`Not a path in the guest that can be copied: ${JSON.stringify(path)}`, {
      code: "copy-path",
      exitCode: ExitCode.usage,
      hint: "Give an absolute path without `..`",
    });
  }
  return { parent: `/${parts.join("/")}`, name };
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function alreadyThere(target: string): BottleError {
  return new BottleError(`"${target}" exists already`, {
    code: "exists",
    hint: "Remove it, or copy into another folder",
  });
}

function refused(path: string, code: number, stderr: string): BottleError {
  return new BottleError(
    `Cannot copy ${JSON.stringify(path)} out of the bottle: the copy ended with ${code}`,
    {
      code: isMissing(stderr) ? "not-found" : "copy-failed",
      details: stderr.trimEnd().split("\n").slice(-10),
    },
  );
}

/** GNU tar's word, and the engine's. */
function isMissing(stderr: string): boolean {
  return /Cannot stat: No such file|Could not find the file|no such file or directory/i.test(
    stderr,
  );
}
