/** The lines of the threat list about git: one technique each. Every line has a case (`coverage_test.ts`), and every case names its line. */

import type { Threat } from "../threats.ts";

/** Getting a secret out by a push, harming the upstream or the gate by one, or getting round the gate. */
export const git = [
  { id: "blob", title: "a secret in a file" },
  { id: "message", title: "a secret in a commit's message or another field of it" },
  { id: "author", title: "a secret in an author or committer" },
  { id: "tag", title: "a secret in a tag's message, tagger or name" },
  { id: "note", title: "a secret in a note" },
  { id: "branch-name", title: "a secret for the name of a branch" },
  { id: "path-name", title: "a secret for the name of a file or folder" },
  { id: "deleted-later", title: "a secret in an earlier commit, deleted by a later one" },
  { id: "unreachable", title: "a secret in an object that the push carries and no ref reaches" },
  { id: "lfs", title: "a secret in an LFS pointer, or by LFS itself" },
  { id: "submodule-url", title: "a secret in a submodule's url" },
  { id: "merge", title: "a secret that only a merge brings in" },
  { id: "known-secret", title: "a credential of the bottle, plain and encoded" },
  { id: "push-option", title: "a secret in a push option" },
  { id: "allow-comment", title: "a comment that tells the scan to look away" },
  { id: "attributes", title: ".gitattributes that hide a file from diffs" },
  { id: "own-rules", title: "a repository that brings rules of its own for the scan" },
  { id: "skipped-name", title: "file names that the scan skips by default" },
  { id: "magic-bytes", title: "bytes in front that make a text look like something else" },
  { id: "force", title: "a force-push to a protected branch" },
  { id: "deletion", title: "deletion of a protected branch" },
  { id: "odd-ref", title: "refs that are neither branches nor tags, or no refs at all" },
  { id: "ref-rules", title: "refs and paths that the repository's rules don't let through" },
  { id: "huge", title: "a huge pack" },
  { id: "delta-bomb", title: "a small pack that unfolds into gigabytes" },
  { id: "many-refs", title: "10,000 refs in one push" },
  { id: "hooks", title: "hooks of the gate's, written or named by the agent" },
  { id: "config", title: "git's configuration of the gate's, written or read by the agent" },
  { id: "ext", title: "ext:: and other remotes that are programs" },
  { id: "file-url", title: "file:// and paths of the gate's own disk" },
  { id: "upload-pack", title: "--upload-pack= and other options in disguise" },
  { id: "dash-host", title: "hosts and names that begin with a hyphen" },
  { id: "submodule-tricks", title: "submodules that would make somebody fetch or run" },
  { id: "cut", title: "a push that is cut in the middle" },
  { id: "upstream-down", title: "an upstream that is down" },
  { id: "upstream-slow", title: "an upstream that accepts, and says nothing" },
  { id: "upstream-key", title: "an upstream that shows another host key" },
  { id: "http-path", title: "paths, services and protocols that the gate does not serve" },
  { id: "other-bottle", title: "another bottle's gate" },
  { id: "sockets", title: "the hooks' socket and the control socket" },
  { id: "round-the-gate", title: "ssh, git:// and HTTPS past the gate" },
] as const satisfies readonly Threat[];

/** The id of a line. */
export type GitThreatId = (typeof git)[number]["id"];
