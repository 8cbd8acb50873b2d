/**
 * Whether a kept agent would start as its image made it. Until its new network namespace is sealed, which takes a
 * moment, `sleep` must be all that runs there; and `sleep` is a file that whoever was uid 0 in the guest may have
 * replaced, as are the loader and the libraries that come with it.
 */

import { posix } from "node:path";
import { BottleError, ExitCode } from "../../lib/errors.ts";
import type { Slug } from "../../lib/names.ts";
import type { Engine } from "../engine/engine.ts";

/** What the container starts, by its whole path: no other folder of PATH counts. In {@linkcode alteredStart}'s folders. */
export const START_PROGRAM = "/bin/sleep";

/** The program, its loader (glibc's or musl's), its libraries, and what tells the loader where to look. */
const START = /^\/(?:bin|lib[^/]*|usr\/bin|usr\/lib[^/]*|etc\/ld[.-][^/]*)(?:\/|$)/;

/** Folders on the way there: `docker diff` names one when something in it has changed, or when it was swapped itself. */
const ABOVE = ["/usr", "/etc"];

/**
 * The first path of `docker diff` that the start depends on; undefined if there is none. Nothing of ours, and nothing
 * that node may write, is there.
 *
 * @param diff lines like `C /usr/bin`
 */
export function alteredStart(diff: string): string | undefined {
  const paths = diff.split("\n").map((line) => line.slice(2)).filter((path) => path !== "");
  const swapped = ABOVE.find((folder) =>
    paths.includes(folder) && !paths.some((path) => path.startsWith(`${folder}/`))
  );
  return swapped ?? paths.find((path) => START.test(path));
}

/** Whether a folder is, or holds, or lies in one that the start depends on: `docker diff` sees nothing of a volume there. */
export function startsBelow(folder: string): boolean {
  const path = posix.resolve("/", folder);
  return path === "/" || ABOVE.includes(path) || START.test(path);
}

/** @throws {BottleError} `agent-altered`, exit code 125 */
export async function refuseAltered(
  engine: Engine,
  slug: Slug,
  container: string,
  signal: AbortSignal,
): Promise<void> {
  const path = alteredStart(await engine.docker(["diff", container], { signal }));
  if (path === undefined) return;
  throw new BottleError(
    `The agent of "${slug}" has changed what its container starts with: ${JSON.stringify(path)}`,
    {
      code: "agent-altered",
      exitCode: ExitCode.cannotStart,
      hint: `Only uid 0 could do that. \`bot-bottle cleanup ${slug}\` removes the bottle`,
    },
  );
}
