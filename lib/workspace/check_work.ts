/** The path check over commits that come out of a bottle: what they would make a checkout write, link, or take for a repository. */

import { BottleError } from "../errors.ts";
import { CaseCollisions } from "./case_collisions.ts";
import { faultOfLink, linkLookup } from "./check_link.ts";
import { faultOfPath } from "./check_path.ts";
import { isDotGitmodules } from "./dot_git.ts";
import { type Finding, Findings } from "./findings.ts";
import { listTree } from "./git_lists.ts";
import type { HostGit } from "./host_git.ts";
import { linksOf, readTargets } from "./link_targets.ts";
import { ChangeBudget, walkChanges } from "./tree_changes.ts";
import { isLink, Mode, type TreeChange } from "./tree_listing.ts";
import { TreeReader } from "./tree_reader.ts";
import { isOid, type Oid } from "./types.ts";

/** Commits that are looked at one by one. */
export const MAX_COMMITS = 100_000;

/** What is checked. */
export interface CheckRequest {
  /** What the agent began with. What is in it already is the person's own. */
  readonly base: Oid;
  /** What would be brought back, with all between. */
  readonly tip: Oid;
  /** Default a million. */
  readonly maxChanges?: number;
  /** Default 256 Mi. */
  readonly maxPathCharacters?: number;
  readonly signal?: AbortSignal;
}

/** A finding that the person's own commit may excuse. */
interface Candidate extends Finding {
  readonly mode: string;
  readonly oid: Oid;
  /** The same path in `base` excuses it; otherwise only the same entry does. */
  readonly byPath: boolean;
}

/**
 * Checks every commit's tree, by what each changes, and the last tree as a whole.
 *
 * @param git of the quarantine
 * @returns what was found; empty: nothing
 * @throws {BottleError} `work-too-big`
 */
export async function checkWork(git: HostGit, request: CheckRequest): Promise<readonly Finding[]> {
  const { base, tip, signal } = request;
  const findings = new Findings();
  const seen = await lookThrough(git, request);
  await excuse(git, base, seen.candidates, findings, signal);
  if (seen.links.size > 0) await checkLinks(git, request, seen.links, findings);
  if (seen.added.size > 0) {
    const collisions = new CaseCollisions(seen.added);
    for await (const { path } of listTree(git, tip, signal)) collisions.look(path);
    for (const finding of collisions.found()) findings.add(finding);
  }
  return findings.list();
}

interface Seen {
  readonly candidates: ReadonlyMap<string, Candidate>;
  /** Targets' objects → where such a link lies. */
  readonly links: ReadonlyMap<Oid, ReadonlySet<string>>;
  /** Paths that some commit added. */
  readonly added: ReadonlySet<string>;
}

/** As many links, and other entries to be looked at closely, as work can have. */
const MAX_SUSPECTS = 100_000;

async function lookThrough(
  git: HostGit,
  { base, tip, maxChanges, maxPathCharacters, signal }: CheckRequest,
): Promise<Seen> {
  const candidates = new Map<string, Candidate>();
  const links = new Map<Oid, Set<string>>();
  const added = new Set<string>();
  let places = 0;
  const onChange = (change: TreeChange): void => {
    for (const candidate of candidatesOf(change)) {
      candidates.set(`${candidate.kind}\0${candidate.path}\0${candidate.oid}`, candidate);
    }
    if (change.oldMode === Mode.none) added.add(change.path);
    if (isLink(change)) {
      places++;
      links.set(change.oid, (links.get(change.oid) ?? new Set()).add(change.path));
    }
    if (Math.max(candidates.size, places) > MAX_SUSPECTS) throw tooManySuspects();
  };
  await using reader = new TreeReader(git, signal);
  const walk = { reader, budget: new ChangeBudget(maxChanges, maxPathCharacters), onChange };
  for (const commit of await listCommits(git, base, tip, signal)) await walkChanges(commit, walk);
  return { candidates, links, added };
}

function tooManySuspects(): BottleError {
  return new BottleError(
    "The agent's work is refused: too many links, or names to be looked at closely",
    {
      code: "work-too-big",
      hint: "Look for folders that should be ignored in its commits, with `bot-bottle exec`",
    },
  );
}

async function listCommits(
  git: HostGit,
  base: Oid,
  tip: Oid,
  signal: AbortSignal | undefined,
): Promise<readonly Oid[]> {
  const args = ["rev-list", `--max-count=${MAX_COMMITS + 1}`, tip, "--not", base];
  const text = await git.text(args, signal === undefined ? {} : { signal });
  const commits = text.split("\n").filter(isOid);
  if (commits.length <= MAX_COMMITS) return commits;
  throw new BottleError(`The agent's work is refused: it has more than ${MAX_COMMITS} commits`, {
    code: "work-too-big",
    hint: "Have it squashed in the bottle, or push it from there",
  });
}

function* candidatesOf(change: TreeChange): Generator<Candidate, void, void> {
  const { path, mode, oid, isUtf8 } = change;
  const fault = faultOfPath(path);
  if (fault !== undefined) {
    const { kind, why, isExcusable } = fault;
    yield { kind, path, why, mode: isExcusable ? mode : "", oid, byPath: isExcusable };
  }
  if (!isUtf8) yield { kind: "names", path, why: "is not UTF-8", mode, oid, byPath: true };
  if (mode === Mode.submodule) {
    yield {
      kind: "submodules",
      path,
      why: "is a repository inside the repository",
      mode,
      oid,
      byPath: false,
    };
  }
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (isDotGitmodules(name)) {
    yield {
      kind: "submodules",
      path,
      why: "says where submodules come from",
      mode,
      oid,
      byPath: false,
    };
  }
}

/** Lets go of what the person's own commit has as well. */
async function excuse(
  git: HostGit,
  base: Oid,
  candidates: ReadonlyMap<string, Candidate>,
  findings: Findings,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (candidates.size === 0) return;
  const paths = new Set([...candidates.values()].map(({ path }) => path));
  const own = new Map<string, string>();
  for await (const { path, mode, oid } of listTree(git, base, signal)) {
    if (paths.has(path)) own.set(path, `${mode} ${oid}`);
  }
  for (const { kind, path, why, mode, oid, byPath } of candidates.values()) {
    const isOwn = byPath ? own.has(path) : mode !== "" && own.get(path) === `${mode} ${oid}`;
    if (!isOwn) findings.add({ kind, path, why });
  }
}

/** A link of some commit by itself, and those of the last tree through all others there. */
async function checkLinks(
  git: HostGit,
  { base, tip, signal }: CheckRequest,
  links: ReadonlyMap<Oid, ReadonlySet<string>>,
  findings: Findings,
): Promise<void> {
  const [before, after] = [await linksOf(git, base, signal), await linksOf(git, tip, signal)];
  const targets = await readTargets(git, [...links.keys()], signal);
  const add = (path: string, why: string, target: string): void => {
    if (before.get(path) === target && faultOfLink(path, target, aroundBefore) !== undefined) {
      return;
    }
    findings.add({ kind: "links", path, why });
  };
  const none = new Map<string, string>();
  const [around, aroundBefore] = [linkLookup(after), linkLookup(before)];
  for (const [oid, paths] of links) {
    const target = targets.get(oid);
    for (const path of paths) {
      const why = target === undefined
        ? "says more than a link can"
        : faultOfLink(path, target, none);
      if (why !== undefined) add(path, why, target ?? "");
    }
  }
  for (const [path, target] of after) {
    const why = faultOfLink(path, target, around);
    if (why !== undefined) add(path, why, target);
  }
}
