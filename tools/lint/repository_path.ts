/** Where a linted file lies in the repository. */

const ROOT = new URL("../../", import.meta.url).pathname;

/**
 * The path of a file from the repository's root, with `/` between names: `lib/names.ts`. The linter gives absolute
 * paths, a test of a rule gives relative ones.
 */
export function repositoryPath(filename: string): string {
  const path = filename.replaceAll("\\", "/");
  return path.startsWith(ROOT) ? path.slice(ROOT.length) : path;
}

/**
 * What a relative specifier in the file `from` points at, as a path from the root.
 *
 * @example
 * ```ts
 * import { resolveFrom } from "./repository_path.ts";
 * if (resolveFrom("lib/plan/plan.ts", "../names.ts") !== "lib/names.ts") throw new Error("wrong");
 * ```
 */
export function resolveFrom(from: string, specifier: string): string {
  return new URL(specifier, `file:///${from}`).pathname.slice(1);
}
