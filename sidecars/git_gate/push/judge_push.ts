/** Whether a push in quarantine may go on, by the repository's rules: what only its objects tell. */

import { compilePathGlob } from "../../../lib/git_gate/path_glob.ts";
import type { RefCommand } from "../../../lib/git_gate/ref_command.ts";
import {
  branchesToTrace,
  judgeForced,
  judgeObjectSize,
  judgeRefs,
  judgeSize,
  type PushSize,
  type Refusal,
  type RuledRepo,
} from "../../../lib/git_gate/rules.ts";
import { changedPaths, type PushedObjects } from "./changed_paths.ts";

/** A push to judge. */
export interface JudgedPush {
  readonly objects: PushedObjects;
  readonly commands: readonly RefCommand[];
  readonly size: PushSize;
}

/** So many paths are told of those that wait for a person. */
const MAX_PATHS = 10;

/**
 * All that speaks against it, by the cheapest questions first: what names and numbers refuse is not looked into.
 *
 * @throws {BottleError} `push-malformed`; the signal's reason
 */
export async function judgePush(push: JudgedPush): Promise<readonly Refusal[]> {
  const { objects, commands, size } = push;
  const { repo } = objects.mirror;
  const ruled = { repo, headBranch: await objects.mirror.headBranch() };
  const plain = [...judgeRefs(commands, ruled), ...judgeSize(size, repo.rules)];
  if (plain.length > 0) return plain;
  return [
    ...(size.objects === 0 ? [] : await judgeObjects(objects)),
    ...await judgeHistory(push, ruled),
    ...await judgePaths(push),
  ];
}

/** The mirror's own objects are left out: they are behind the quarantine only by way of its alternates. */
async function judgeObjects({ mirror, env, signal }: PushedObjects): Promise<readonly Refusal[]> {
  const { code, stdout } = await mirror.git(
    ["cat-file", "--batch-all-objects", "--unordered", "--batch-check=%(objectsize) %(objectname)"],
    { env: { ...env, GIT_ALTERNATE_OBJECT_DIRECTORIES: "" }, signal },
  );
  if (code !== 0) return [{ reason: "push-malformed", why: "its objects can't be listed" }];
  let biggest = 0;
  let id = "";
  for (const line of new TextDecoder().decode(stdout).split("\n")) {
    const [size = "", name = ""] = line.split(" ");
    if (Number(size) > biggest) [biggest, id] = [Number(size), name];
  }
  return judgeObjectSize(biggest, id);
}

/** What can't be told counts as forced. */
async function judgeHistory(
  { objects, commands }: JudgedPush,
  ruled: RuledRepo,
): Promise<readonly Refusal[]> {
  const { mirror, env, signal } = objects;
  const refusals: Refusal[] = [];
  for (const { ref, old, new: id } of branchesToTrace(commands, ruled)) {
    const { code } = await mirror.git(["merge-base", "--is-ancestor", old, id], { env, signal });
    if (code !== 0) refusals.push(...judgeForced(ref, ruled));
  }
  return refusals;
}

async function judgePaths({ objects, commands }: JudgedPush): Promise<readonly Refusal[]> {
  const { approve_paths: globs } = objects.mirror.repo.rules;
  if (globs.length === 0) return [];
  const all = globs.map(compilePathGlob);
  const paths = await changedPaths(objects, commands, (path) => all.some((fits) => fits(path)));
  const told = paths.slice(0, MAX_PATHS).map((path): Refusal => ({
    reason: "push-approval",
    why: `"${path}" is changed, which waits for a person; asking one is not in this version`,
  }));
  const more = paths.length - told.length;
  return more === 0 ? told : [...told, { reason: "push-approval", why: `and ${more} more paths` }];
}
