/** Reads a manifest's file, after a look at what it is. */

import { BottleError } from "../errors.ts";
import type { Problem } from "./problem.ts";

/** 256 KiB: a manifest is written by hand. */
export const MAX_BYTES = 262_144;

/**
 * The text of a manifest, or why it isn't read.
 *
 * @param follow whether the file may be a link: the person's own may (dotfiles), a repository's may not, because it
 * would put any file of the person into a prompt
 */
export async function readSource(file: string, follow: boolean): Promise<string | Problem> {
  const place = { file };
  try {
    const info = follow ? await Deno.stat(file) : await Deno.lstat(file);
    if (info.isSymlink) {
      return { message: "A repository's manifest can't be a link", place, code: "manifest-unsafe" };
    }
    // A pipe or a device would block the reader, or never end.
    if (!info.isFile) return { message: "Not a regular file", place, code: "manifest-unsafe" };
    if (info.size > MAX_BYTES) {
      return { message: `Larger than ${MAX_BYTES / 1024} KiB`, place, code: "manifest-too-large" };
    }
    const bytes = await Deno.readFile(file);
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return { message: "Not UTF-8 text", place };
    if (error instanceof Deno.errors.NotFound) return { message: "The file is gone", place };
    if (error instanceof Deno.errors.PermissionDenied) {
      return { message: "The file can't be read", place, hint: "Make it readable for you" };
    }
    throw new BottleError(`Cannot read "${file}"`, {
      code: "manifest-unreadable",
      place,
      cause: error,
    });
  }
}
