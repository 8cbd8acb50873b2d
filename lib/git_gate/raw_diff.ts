/** What `git diff-tree --raw -z` and `git ls-tree -z` say, as far as it tells what is at a path. */

/** Mode and object id, as one text; {@linkcode NO_ENTRY}: nothing is there. */
export type TreeEntry = string;

/** A path that a commit changes, and what is there behind it. */
export interface ChangedPath {
  /** Decoded as UTF-8 with U+FFFD for what is none. */
  readonly path: string;
  readonly entry: TreeEntry;
}

/** Nothing is there. */
export const NO_ENTRY: TreeEntry = "";

const RAW = /^:\d{6} (?<mode>\d{6}) [0-9a-f]+ (?<id>[0-9a-f]+) [A-Z]\d*$/;
const LISTED = /^(?<mode>\d{6}) [a-z]+ (?<id>[0-9a-f]+)\t(?<path>[^]*)$/;

/** Reads `diff-tree --raw -z --no-renames --no-commit-id`. @throws {SyntaxError} it is something else */
export function parseRawDiff(bytes: Uint8Array): readonly ChangedPath[] {
  const fields = new TextDecoder().decode(bytes).split("\0");
  const changed: ChangedPath[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const { mode, id } = RAW.exec(fields[at] ?? "")?.groups ?? {};
    const path = fields[at + 1];
    if (mode === undefined || id === undefined || path === undefined || path === "") {
      throw new SyntaxError("Not a raw diff");
    }
    changed.push({ path, entry: mode === "000000" ? NO_ENTRY : `${mode} ${id}` });
  }
  if (fields.length % 2 === 0 || fields.at(-1) !== "") throw new SyntaxError("Not a raw diff");
  return changed;
}

/** Reads `ls-tree -z`. */
export function parseTree(bytes: Uint8Array): ReadonlyMap<string, TreeEntry> {
  const entries = new Map<string, TreeEntry>();
  for (const line of new TextDecoder().decode(bytes).split("\0")) {
    const { mode, id, path } = LISTED.exec(line)?.groups ?? {};
    if (path !== undefined) entries.set(path, `${mode} ${id}`);
  }
  return entries;
}
