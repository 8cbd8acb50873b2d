/** What a push would make new to its upstream. */

import type { Mirror } from "../mirror.ts";
import { gitText, linesOf, listAllObjects, listObjects, type ObjectHead } from "./object_list.ts";
import type { PushToScan } from "./push_to_scan.ts";
import { unscannable } from "./unscannable.ts";

/** Objects, by what is known of them without reading them. */
export interface NewObjects {
  /** All that are to be looked through. */
  readonly heads: ReadonlyMap<string, ObjectHead>;
  /**
   * Of these, those that the mirror had. git names more than are new where a push brings back an older state of a
   * folder: see {@linkcode reachedByUpstream}.
   */
  readonly known: ReadonlySet<string>;
  /** Reached from the pushed refs, and not from the upstream's. */
  readonly reached: ReadonlySet<string>;
  /** New commits, parents first. */
  readonly commits: readonly string[];
}

/** So many objects are listed, at most: the bound of what a rule may let through. */
const MAX_OBJECTS = 1_000_000;
/** What the ids on stdin reach, and the mirror's refs don't: the second `--not` is for the ids. */
const NEW: readonly string[] = ["--not", "--all", "--not", "--stdin"];
const LIST_OBJECTS: readonly string[] = ["rev-list", "--objects", "--no-object-names"];

/**
 * Lists them: what the pushed refs reach and the upstream's don't, and all that is in quarantine and was not in the
 * mirror, whether a ref reaches it or not.
 *
 * @throws {BottleError} `scan-failed`; the signal's reason
 */
export async function listNewObjects(
  { mirror, quarantine, commands }: PushToScan,
  signal: AbortSignal,
): Promise<NewObjects> {
  const ids = commands.map((command) => command.new).filter((id) => !/^0+$/.test(id));
  const both = { env: { ...quarantine }, signal };
  const alone = {
    env: { ...quarantine, GIT_ALTERNATE_OBJECT_DIRECTORIES: "" },
    signal,
  };
  const quarantined = await listAllObjects(mirror, alone);
  const had = await listObjects(mirror, quarantined.map(({ id }) => id), { signal });
  const hadIds = new Set(had.map(({ id }) => id));
  const stdin = ids.map((id) => `${id}\n`).join("");
  const reached = linesOf(
    await gitText(mirror, [...LIST_OBJECTS, ...NEW], { ...both, stdin }),
  );
  const commits = linesOf(
    await gitText(mirror, ["rev-list", "--topo-order", "--reverse", ...NEW], { ...both, stdin }),
  );
  const heads = new Map(
    quarantined.filter(({ id }) => !hadIds.has(id)).map((head) => [head.id, head]),
  );
  const others = reached.filter((id) => !heads.has(id));
  const known = await listObjects(mirror, others, both);
  if (known.length !== others.length) throw unscannable("an object of it is missing");
  for (const head of known) heads.set(head.id, head);
  if (heads.size > MAX_OBJECTS) throw unscannable(`it has more than ${MAX_OBJECTS} objects`);
  return { heads, known: new Set(others), reached: new Set(reached), commits };
}

/** Everything that the upstream's refs reach: of a big repository a long list, so only where it is needed. */
export async function reachedByUpstream(
  mirror: Mirror,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  return new Set(linesOf(await gitText(mirror, [...LIST_OBJECTS, "--all"], { signal })));
}
