/** What symbolic links say: a link's target is the content of its object. */

import { MAX_TARGET_BYTES } from "./check_link.ts";
import { listTree } from "./git_lists.ts";
import type { HostGit } from "./host_git.ts";
import { isLink } from "./tree_listing.ts";
import type { Oid } from "./types.ts";

/** Objects asked for in one call: their contents, at most so many times {@linkcode MAX_TARGET_BYTES}, are held in memory. */
const BATCH = 1000;

/** All links of a commit's tree: path → target. Those that say too much are left out. */
export async function linksOf(
  git: HostGit,
  commit: Oid,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, string>> {
  const places: { readonly path: string; readonly oid: Oid }[] = [];
  for await (const entry of listTree(git, commit, signal)) {
    if (isLink(entry)) places.push({ path: entry.path, oid: entry.oid });
  }
  const targets = await readTargets(git, [...new Set(places.map(({ oid }) => oid))], signal);
  return new Map(places.flatMap(({ path, oid }) => {
    const target = targets.get(oid);
    return target === undefined ? [] : [[path, target] as const];
  }));
}

/** Reads targets; an object that is too big for one is left out. */
export async function readTargets(
  git: HostGit,
  oids: readonly Oid[],
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<Oid, string>> {
  const targets = new Map<Oid, string>();
  for (let at = 0; at < oids.length; at += BATCH) {
    const small = await smallOnes(git, oids.slice(at, at + BATCH), signal);
    for (const [oid, content] of await readBatch(git, small, signal)) targets.set(oid, content);
  }
  return targets;
}

async function smallOnes(
  git: HostGit,
  oids: readonly Oid[],
  signal: AbortSignal | undefined,
): Promise<readonly Oid[]> {
  const text = await git.text(["cat-file", "--batch-check=%(objecttype) %(objectsize)"], {
    stdin: oids.map((oid) => `${oid}\n`).join(""),
    ...(signal === undefined ? {} : { signal }),
  });
  const lines = text.split("\n");
  return oids.filter((_, at) => {
    const [type, size] = (lines[at] ?? "").split(" ");
    return type === "blob" && Number(size) <= MAX_TARGET_BYTES;
  });
}

/** Contents, one call for all: each comes after its size in bytes, a line. */
async function readBatch(
  git: HostGit,
  oids: readonly Oid[],
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<Oid, string>> {
  const contents = new Map<Oid, string>();
  if (oids.length === 0) return contents;
  await using program = git.stream(
    ["cat-file", "--batch=%(objectsize)"],
    signal === undefined ? {} : { signal },
  );
  const writer = program.writable.getWriter();
  const fed = writer.write(new TextEncoder().encode(oids.map((oid) => `${oid}\n`).join("")))
    .then(() => writer.close()).catch(() => {});
  const bytes = new Uint8Array(await new Response(program.readable).arrayBuffer());
  await fed;
  await program.ended;
  signal?.throwIfAborted();
  let at = 0;
  for (const oid of oids) {
    const end = bytes.indexOf(10, at);
    const size = Number(new TextDecoder().decode(bytes.subarray(at, end)));
    contents.set(oid, new TextDecoder().decode(bytes.subarray(end + 1, end + 1 + size)));
    at = end + 1 + size + 1;
  }
  return contents;
}
