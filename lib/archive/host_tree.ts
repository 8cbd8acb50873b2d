/** A file or a folder of the host as entries of an archive, one after the other. */

import { BottleError } from "../errors.ts";

/** One of them. Modes have permission bits only: set-id bits stay behind. */
export type TreeEntry =
  | { readonly kind: "folder"; readonly name: string; readonly mode: number }
  | { readonly kind: "link"; readonly name: string; readonly target: string }
  | {
    readonly kind: "file";
    readonly name: string;
    readonly mode: number;
    /** Bytes, as it was when it was looked at. */
    readonly size: number;
    /** Where it is read from. */
    readonly path: string;
  };

/**
 * Walks a tree, parents first, names in order. Links stay links, and are never followed: what they lead to was not named.
 *
 * @param path of the file or folder; itself a link: what it leads to
 * @param name what it is called in the archive
 * @throws {BottleError} `not-copied` for what is neither file, folder nor link, or can't be read
 */
export async function* walkTree(path: string, name: string): AsyncGenerator<TreeEntry, void, void> {
  yield* walk(path, name, await reading(path, Deno.stat(path)));
}

async function* walk(
  path: string,
  name: string,
  info: Deno.FileInfo,
): AsyncGenerator<TreeEntry, void, void> {
  if (info.isSymlink) {
    yield { kind: "link", name, target: await reading(path, Deno.readLink(path)) };
  } else if (info.isFile) {
    yield { kind: "file", name, mode: modeOf(info, 0o644), size: info.size, path };
  } else if (info.isDirectory) {
    yield { kind: "folder", name, mode: modeOf(info, 0o755) };
    const children = await reading(path, Array.fromAsync(Deno.readDir(path)));
    for (const child of children.map((each) => each.name).sort()) {
      const below = `${path}/${child}`;
      yield* walk(below, `${name}/${child}`, await reading(below, Deno.lstat(below)));
    }
  } else {
    throw new BottleError(`Cannot copy "${path}": it is neither a file, a folder nor a link`, {
      code: "not-copied",
      hint: "Copy the other files by their names",
    });
  }
}

/** What the kernel has against it becomes a word for the person. */
export async function reading<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    if (!(cause instanceof Error) || !("code" in cause)) throw cause;
    throw new BottleError(`Cannot read "${path}": ${cause.message}`, {
      code: "not-copied",
      hint: "Copy the other files by their names, or see to it that you may read this one",
      cause,
    });
  }
}

/** Where the host has no modes, the default. */
function modeOf(info: Deno.FileInfo, otherwise: number): number {
  return info.mode === null ? otherwise : info.mode & 0o777;
}
