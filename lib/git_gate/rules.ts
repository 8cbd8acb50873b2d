/** Which pushes a repository's rules let through: what names and numbers tell, without a look at objects. */

import { sizeText } from "../size_text.ts";
import type { GateRepo, RepoRules } from "./config.ts";
import type { PushFinding } from "./push_record.ts";
import type { GateReason } from "./reason.ts";
import { isNone, type RefCommand } from "./ref_command.ts";
import { findRefNameFault, fitsRefPattern } from "./ref_name.ts";

/** Why a push was refused: one thing of it. */
export interface Refusal {
  readonly reason: GateReason;
  /** The ref that it is about; undefined: the push as a whole. */
  readonly ref?: string;
  /** Of what it is, in words without a full stop; may hold names from the pusher. */
  readonly why: string;
}

/** A repository as its rules see it. */
export interface RuledRepo {
  readonly repo: Pick<GateRepo, "push" | "rules" | "upstream">;
  /** Full name of the upstream's HEAD branch; undefined: it does not say, or HEAD is on none. */
  readonly headBranch: string | undefined;
}

/** What came with a push. */
export interface PushSize {
  readonly objects: number;
  /** Of its packs. */
  readonly bytes: number;
}

/** So many refs a push may name: each is a line of an audit, an argument and a lock upstream. */
export const MAX_PUSHED_REFS = 10_000;
/** Biggest object of a push, whole: what scans and checks it holds it in memory. GitHub's bound for a file is the same. */
export const MAX_OBJECT_BYTES = 100 * 1024 ** 2;

/** All that speaks against the refs of a push, by their names alone. */
export function judgeRefs(commands: readonly RefCommand[], ruled: RuledRepo): readonly Refusal[] {
  const closed = judgeRepo(ruled.repo);
  if (closed !== undefined) return [closed];
  if (commands.length > MAX_PUSHED_REFS) {
    const why = `it names ${commands.length} refs, at most ${MAX_PUSHED_REFS} go at once`;
    return [{ reason: "push-too-big", why }];
  }
  return [...repeated(commands), ...commands.flatMap((command) => judgeRef(command, ruled))];
}

/** Whether the repository takes pushes at all. */
function judgeRepo({ push, upstream }: RuledRepo["repo"]): Refusal | undefined {
  if (upstream.scheme === "https" && upstream.token === null) {
    return { reason: "push-denied", why: "it is declared without a token, to be read only" };
  }
  switch (push) {
    case "allow":
      return undefined;
    case "approve":
      return {
        reason: "push-approval",
        why: "each push to it waits for a person, and asking one is not in this version",
      };
    case "deny":
      return { reason: "push-denied", why: "it takes no pushes" };
  }
  return push satisfies never;
}

/** git lets none through either, but says so of all refs at once. */
function repeated(commands: readonly RefCommand[]): readonly Refusal[] {
  const seen = new Set<string>();
  return commands.filter(({ ref }) => seen.size === seen.add(ref).size).map(({ ref }) => ({
    reason: "push-ref",
    ref,
    why: "it is named twice",
  }));
}

function judgeRef(command: RefCommand, ruled: RuledRepo): readonly Refusal[] {
  const { ref } = command;
  const { rules } = ruled.repo;
  const fault = findRefNameFault(ref);
  if (fault !== undefined) return [{ reason: "push-ref", ref, why: fault }];
  if (!rules.refs.some((pattern) => fitsRefPattern(pattern, ref))) {
    const why = `only ${rules.refs.slice(0, 3).join(", ")} may be pushed`;
    return [{ reason: "push-ref", ref, why }];
  }
  const twin = caseTwin(ref, ruled);
  if (twin !== undefined) {
    return [{ reason: "push-ref", ref, why: `it differs from the protected ${twin} in case only` }];
  }
  if (isNone(command.new)) return judgeDeletion(ref, ruled);
  return isTagMove(command) ? judgeForced(ref, ruled) : [];
}

/** On some file systems the two are one file. */
function caseTwin(ref: string, ruled: RuledRepo): string | undefined {
  return isProtected(ref, ruled)
    ? undefined
    : protectedPatterns(ruled).find((pattern) =>
      fitsRefPattern(pattern.toLowerCase(), ref.toLowerCase())
    );
}

function judgeDeletion(ref: string, ruled: RuledRepo): readonly Refusal[] {
  if (isProtected(ref, ruled)) {
    return [{ reason: "push-delete", ref, why: "it is protected: it may not be deleted" }];
  }
  return ruled.repo.rules.delete
    ? []
    : [{ reason: "push-delete", ref, why: "no ref may be deleted" }];
}

/** What speaks against a ref that is made to something else than what follows on it. */
export function judgeForced(ref: string, ruled: RuledRepo): readonly Refusal[] {
  const what = ref.startsWith("refs/tags/") ? "moved" : "forced";
  if (isProtected(ref, ruled)) {
    return [{ reason: "push-force", ref, why: `it is protected: it may not be ${what}` }];
  }
  return ruled.repo.rules.force
    ? []
    : [{ reason: "push-force", ref, why: `no ref may be ${what}` }];
}

/**
 * The branches of which it has to be known whether the new commit follows on the old one. An `old` that the pusher made up
 * helps nobody: the upstream takes a ref only where it is what `old` says.
 */
export function branchesToTrace(
  commands: readonly RefCommand[],
  ruled: RuledRepo,
): readonly RefCommand[] {
  return commands.filter((command) =>
    command.ref.startsWith("refs/heads/") && !isNone(command.old) && !isNone(command.new) &&
    judgeForced(command.ref, ruled).length > 0
  );
}

/** What speaks against a push by its size. */
export function judgeSize({ objects, bytes }: PushSize, rules: RepoRules): readonly Refusal[] {
  const refusals: Refusal[] = [];
  if (objects > rules.max_objects) {
    const why = `it brings ${objects} objects, at most ${rules.max_objects} go at once`;
    refusals.push({ reason: "push-too-big", why });
  }
  if (bytes > rules.max_bytes) refusals.push(tooManyBytes(rules));
  return refusals;
}

/** Of a pack that was over the bound before it was whole. */
export function tooManyBytes({ max_bytes: bound }: RepoRules): Refusal {
  return { reason: "push-too-big", why: `its pack is bigger than ${sizeText(bound)}` };
}

/** @param biggest bytes of the biggest object */
export function judgeObjectSize(biggest: number, id: string): readonly Refusal[] {
  if (biggest <= MAX_OBJECT_BYTES) return [];
  const why = `object ${id} has ${sizeText(biggest)}, at most ${sizeText(MAX_OBJECT_BYTES)} pass`;
  return [{ reason: "push-too-big", why }];
}

/** What speaks against a push by what the scan found; most pressing first. */
export function judgeFindings(findings: readonly PushFinding[]): Refusal | undefined {
  if (findings.length === 0) return undefined;
  const open = findings.filter((finding) => finding.allowed_by_comment !== true);
  return open.length > 0
    ? { reason: "push-secret", why: "something in it looks like a credential, or is one" }
    : {
      reason: "push-allow-comment",
      why:
        "a comment in it hides a finding: a person has to say so, and asking one is not in this version",
    };
}

function isProtected(ref: string, ruled: RuledRepo): boolean {
  return protectedPatterns(ruled).some((pattern) => fitsRefPattern(pattern, ref));
}

/** Of an upstream that does not say which branch is its main one each may be. */
function protectedPatterns({ repo, headBranch }: RuledRepo): readonly string[] {
  return repo.rules.protected ?? [headBranch ?? "refs/heads/*"];
}

/** An existing tag that becomes something else: whatever it becomes, who has fetched it keeps the old one. */
function isTagMove(command: RefCommand): boolean {
  return command.ref.startsWith("refs/tags/") && !isNone(command.old);
}
