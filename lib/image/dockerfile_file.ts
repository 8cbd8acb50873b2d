/** A Dockerfile on disk. */

import { BottleError, type SourcePlace } from "../errors.ts";

/** 256 KiB: a Dockerfile is written by hand. */
const MAX_BYTES = 262_144;

/**
 * The file's text; undefined if there is no such file. A link is refused: which folder would then be the context, its
 * own or its target's, would be a guess.
 *
 * @param place where the file is named, for errors
 * @throws {BottleError} `dockerfile-unreadable`
 */
export async function readDockerfile(
  file: string,
  place?: SourcePlace,
): Promise<string | undefined> {
  const refuse = (why: string, hint: string, cause?: unknown): BottleError =>
    new BottleError(`The Dockerfile ${JSON.stringify(file)} ${why}`, {
      code: "dockerfile-unreadable",
      hint,
      cause,
      ...(place === undefined ? {} : { place }),
    });
  try {
    const info = await Deno.lstat(file);
    if (info.isSymlink) throw refuse("is a link", "Name the file itself");
    if (!info.isFile) throw refuse("is no regular file", "Name a Dockerfile");
    if (info.size > MAX_BYTES) throw refuse("is larger than 256 KiB", "Name a Dockerfile");
    return new TextDecoder("utf-8", { fatal: true }).decode(await Deno.readFile(file));
  } catch (error) {
    if (error instanceof BottleError) throw error;
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return undefined;
    }
    if (error instanceof TypeError) throw refuse("is not UTF-8 text", "Name a Dockerfile", error);
    throw refuse("can't be read", "Make it readable for you", error);
  }
}
