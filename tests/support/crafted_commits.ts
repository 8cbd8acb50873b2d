/** Commits that no honest program makes, by git's own plumbing and by hand. */

import { createRun } from "../../lib/process/create_run.ts";
import type { TestRepository } from "./repository.ts";

/** One entry of a tree. */
export interface CraftedEntry {
  /** Default `100644`. */
  readonly mode?: string;
  /** As it is, whatever is in it but NUL. */
  readonly name: string;
  /** A file's or link's content, another object's name, or a folder's entries. */
  readonly is: { readonly text: string } | { readonly oid: string } | readonly CraftedEntry[];
}

async function hash(
  repository: TestRepository,
  type: string,
  content: Uint8Array,
): Promise<string> {
  const run = createRun();
  const { code, stdout, stderr } = await run(
    ["git", "-C", repository.folder, "hash-object", "-t", type, "-w", "--stdin", "--literally"],
    { stdin: content },
  );
  if (code !== 0) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout).trim();
}

/** Writes a tree, in the order given and unchecked. */
export async function craftTree(
  repository: TestRepository,
  entries: readonly CraftedEntry[],
): Promise<string> {
  const encoder = new TextEncoder();
  const parts: number[] = [];
  for (const { mode, name, is } of entries) {
    const isFolder = "length" in is;
    const oid = isFolder
      ? await craftTree(repository, is)
      : "oid" in is
      ? is.oid
      : await hash(repository, "blob", encoder.encode(is.text));
    const head = encoder.encode(`${mode ?? (isFolder ? "40000" : "100644")} ${name}\0`);
    parts.push(...head, ...Uint8Array.fromHex(oid));
  }
  return await hash(repository, "tree", Uint8Array.from(parts));
}

/** Commits a tree on top of a parent, and puts the branch there; the work tree is not touched. */
export async function craftCommit(
  repository: TestRepository,
  tree: string,
  parent?: string,
): Promise<string> {
  const parents = parent === undefined ? [] : ["-p", parent];
  const commit = await repository.git("commit-tree", ...parents, "-m", "Crafted", tree);
  await repository.git("update-ref", "HEAD", commit);
  return commit;
}
