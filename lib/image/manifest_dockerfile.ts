/** The Dockerfile that a manifest names: where it lies, and what is built with it. */

import { basename, dirname, isAbsolute, join, sep } from "node:path";
import { BottleError } from "../errors.ts";
import { realPath } from "../home_id.ts";
import type { Sourced } from "../manifest/types.ts";
import { readContext } from "./context.ts";
import { readDockerfile } from "./dockerfile_file.ts";
import type { BuildContext } from "./types.ts";

/** The folders that paths are relative to. */
export interface Homes {
  /** bot-bottle's home, absolute. */
  readonly home: string;
  /** The person's home, for `~/`; undefined if it isn't known. */
  readonly userHome: string | undefined;
}

/**
 * The file and its text. A relative path begins at the manifest that names it.
 *
 * @throws {BottleError} `dockerfile-missing`, `dockerfile-unreadable`
 */
export async function findDockerfile(
  named: Sourced<string>,
  homes: Homes,
): Promise<{ readonly file: string; readonly dockerfile: string }> {
  const file = locate(named, homes);
  const dockerfile = await readDockerfile(file, named.place);
  if (dockerfile !== undefined) return { file, dockerfile };
  throw missing(named, `No Dockerfile ${JSON.stringify(file)}`, "Make it, or correct the path");
}

function locate({ value, place }: Sourced<string>, { userHome }: Homes): string {
  const problem = (why: string, hint: string): BottleError =>
    missing({ value, place }, `Cannot tell where ${JSON.stringify(value)} is: ${why}`, hint);
  if (value.startsWith("~/")) {
    if (userHome === undefined) throw problem("HOME is not set", "Write an absolute path");
    return join(userHome, value.slice(2));
  }
  if (isAbsolute(value)) return value;
  if (!isAbsolute(place.file)) {
    throw problem("the manifest is no file", "Write an absolute path");
  }
  return join(dirname(place.file), value);
}

/**
 * The context of a Dockerfile in a folder of its own; null for one that lies among manifests, which is built alone.
 *
 * @throws {BottleError} `context-too-large`, `context-unreadable`
 */
export async function readOwnContext(
  file: string,
  { place }: Sourced<string>,
  { home }: Homes,
): Promise<BuildContext | null> {
  const folder = dirname(file);
  const [real, realHome, ...manifests] = await Promise.all(
    [folder, home, join(home, "bottles"), dirname(place.file)].map((path) => realPath(path)),
  );
  if (real === undefined || realHome === undefined || manifests.includes(real)) return null;
  if (`${realHome}${sep}`.startsWith(real.endsWith(sep) ? real : `${real}${sep}`)) {
    throw new BottleError(`The Dockerfile's folder "${folder}" holds bot-bottle's home`, {
      code: "context-too-large",
      place,
      hint: "Put the Dockerfile into a folder of its own: all of the folder goes into the build",
    });
  }
  return await readContext({ folder, dockerfile: basename(file), place });
}

function missing({ place }: Sourced<string>, message: string, hint: string): BottleError {
  return new BottleError(message, { code: "dockerfile-missing", place, hint });
}
