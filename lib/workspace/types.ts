/** A person's repository as a bottle gets it: commits, never a mount. */

import type { BottleError } from "../errors.ts";

/** A commit's name: 40 hex digits (SHA-1) or 64 (SHA-256). */
export type Oid = string & { readonly brand: "Oid" };

const OID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/** Whether a text is a whole object name. */
export function isOid(text: string): text is Oid {
  return OID.test(text);
}

/** What a repository refers to and a bundle of its commits does not hold. */
export type LeftOut = "submodules" | "lfs";

/** A remote of the person's repository. Its url may hold a password: a plan never has it. */
export interface SourceRemote {
  /** Plain: letters, digits, `_`, `.`, `-`. */
  readonly name: string;
  /** As the repository has it. */
  readonly url: string;
  /** Where a push goes instead; absent: to `url`. */
  readonly pushUrls?: readonly string[];
  /** The ref there that the workspace's branch follows, `refs/heads/…`; null: it follows none there. */
  readonly merge: string | null;
}

/** A remote that the workspace gets: one that git-gate serves. */
export interface WorkspaceRemote {
  /** As in the person's repository. */
  readonly name: string;
  /** As a manifest has it: git in the bottle is led from there to the gate. */
  readonly url: string;
  /** The name that the gate serves it by. */
  readonly repo: string;
  /** The ref there that the branch follows, `refs/heads/…`; null: none. */
  readonly merge: string | null;
}

/** What was found in a folder before planning: an input of `prepare()`, which starts no program. */
export interface WorkspaceSource {
  /** The work tree's top folder, absolute, links resolved. */
  readonly folder: string;
  /** The branch that HEAD is on, without `refs/heads/`; null: detached. */
  readonly branch: string | null;
  /** HEAD's commit: what the agent begins with. */
  readonly base: Oid;
  /** Untracked or ignored files that the person named, from `folder`. */
  readonly include: readonly string[];
  /** Whether history was cut off (`git clone --depth`). */
  readonly isShallow: boolean;
  /** How many changes are not committed, and stay behind: files, and folders that are new; null: that could not be told. */
  readonly uncommitted: number | null;
  /** What else stays behind. */
  readonly leftOut: readonly LeftOut[];
  /** Of the repository; absent: not looked for. */
  readonly remotes?: readonly SourceRemote[];
}

/** A bottle's workspace. */
export interface WorkspacePlan extends Omit<WorkspaceSource, "remotes"> {
  /** Where the work tree lies in the guest, absolute. */
  readonly guestFolder: string;
  /** The branch that it is on there. */
  readonly guestBranch: string;
  /** Who commits there, unless something in the guest says otherwise. */
  readonly author: { readonly name: string; readonly email: string };
  /** Those of the person's that are declared repositories. */
  readonly remotes: readonly WorkspaceRemote[];
}

/** Narrowing for parsers. @throws what `otherwise` makes */
export function parseOid(text: string, otherwise: () => BottleError): Oid {
  if (!isOid(text)) throw otherwise();
  return text;
}
