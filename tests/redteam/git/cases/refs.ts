/** Refs that a push may not touch, and how. */

import type { GitCase } from "../case.ts";

const REF = /push-ref|the ref may not be pushed/;
const FORCE = /push-force|the ref may not be forced/;
const DELETE = /push-delete|the ref may not be deleted/;
const APPROVAL = /push-approval|needs a person's approval/;

/** Full names outside of branches and tags. */
const OUTSIDE = [
  "refs/notes/commits",
  "refs/replace/0123456789012345678901234567890123456789",
  "refs/meta/config",
  "refs/for/main",
  "refs/pull/1/head",
  "refs/stash",
  "refs/bisect/bad",
  "refs/remotes/origin/main",
  "refs/headsx/main",
  "refs/changes/01/1/1",
] as const;

/** What is no ref at all: as it is written into the request. */
const NO_REFS = [
  "HEAD",
  "refs/heads",
  "refs/heads/a..b",
  "refs/heads/a.lock",
  "refs/heads/.hidden",
  "refs/heads/../../config",
  "refs/heads/a b",
  "refs/heads/a~1",
  "refs/heads/a@{1}",
  "/etc/passwd",
  "../hooks/pre-receive",
  "--upload-pack=touch",
] as const;

const cleanPack = `echo x >x; commit -m X; new=$(git rev-parse HEAD)
  git rev-list --objects origin/main..HEAD | cut -d' ' -f1 | git pack-objects -q --stdout >/tmp/pack`;

/** All of them. */
export const refCases: readonly GitCase[] = [
  {
    line: "force",
    name: "--force",
    script: `git commit --quiet --amend -m Other; git push --force origin HEAD:main`,
    says: FORCE,
    reason: "push-force",
  },
  {
    line: "force",
    name: "by hand, with another old id than the upstream has",
    script: `git commit --quiet --amend -m Other; echo "$(git rev-parse HEAD)" |
        git pack-objects -q --revs --stdout >/tmp/pack
      raw_push refs/heads/main $(git rev-parse origin/main~1) $(git rev-parse HEAD) /tmp/pack`,
    says: /ng refs\/heads\/main|push-force|may not be forced/,
  },
  {
    line: "force",
    name: "back to an earlier commit",
    script: `git push --force origin HEAD~1:main`,
    says: FORCE,
    reason: "push-force",
  },
  {
    line: "force",
    name: "as one of two refs",
    script:
      `git commit --quiet --amend -m Other; git push --force origin HEAD:main HEAD~1:refs/heads/$BRANCH`,
    says: FORCE,
    reason: "push-force",
  },
  {
    line: "deletion",
    name: "--delete",
    script: `git push origin --delete main`,
    says: DELETE,
    reason: "push-delete",
  },
  {
    line: "deletion",
    name: "--mirror of a repository without it",
    script: `git switch --quiet --detach; git branch -D main; git push --mirror origin`,
    says: /may not be deleted|may not be pushed/,
  },
  ...OUTSIDE.map((ref): GitCase => ({
    line: "odd-ref",
    name: ref,
    script: `echo x >x; commit -m X; git push origin HEAD:${ref}`,
    says: REF,
    reason: "push-ref",
  })),
  ...NO_REFS.map((ref): GitCase => ({
    line: "odd-ref",
    name: `${ref}, by hand`,
    script: `${cleanPack}; raw_push '${ref}' $NONE $new /tmp/pack`,
    says: /ng |may not be pushed|funny|protocol error|malformed|bad ref|rejected/i,
  })),
  {
    line: "odd-ref",
    name: "a name with an escape sequence",
    script: `${cleanPack}; raw_push $'refs/heads/\\e]52;c;eA==\\a' $NONE $new /tmp/pack`,
    says: /ng |may not be pushed|funny|protocol error|malformed|bad ref|rejected/i,
  },
  {
    line: "ref-rules",
    name: "a branch outside of the pattern",
    repo: "guarded",
    script: `echo x >x; commit -m X; push`,
    says: REF,
    reason: "push-ref",
  },
  {
    line: "ref-rules",
    name: "a branch of the pattern, forced",
    repo: "guarded",
    script: `git commit --quiet --amend -m Other; git push --force origin HEAD:refs/heads/bot/kept`,
    says: FORCE,
    reason: "push-force",
  },
  {
    line: "ref-rules",
    name: "a branch of the pattern, deleted",
    repo: "guarded",
    script: `git push origin --delete bot/kept`,
    says: DELETE,
    reason: "push-delete",
  },
  ...([
    ["a workflow, new", `mkdir -p .github/workflows; echo 'on: push' >.github/workflows/new.yml`],
    ["a workflow, removed", `git rm --quiet .github/workflows/ci.yml`],
    ["a workflow, moved away", `git mv .github/workflows/ci.yml ci.yml`],
    ["a workflow that may be run", `chmod +x .github/workflows/ci.yml`],
    ["a link in the place of the folder", `git rm -rq .github; ln -s other .github`],
    [
      "a workflow, changed and changed back",
      `echo x >>.github/workflows/ci.yml; commit -m X; git revert --no-edit HEAD >/dev/null`,
    ],
  ] as const).map(([name, edit]): GitCase => ({
    line: "ref-rules",
    name,
    repo: "guarded",
    script: `${edit}; commit --allow-empty -m Edit; git push origin HEAD:refs/heads/bot/$BRANCH`,
    says: APPROVAL,
    reason: "push-approval",
  })),
  {
    line: "ref-rules",
    name: "a repository that takes no pushes",
    repo: "closed",
    script: `echo x >x; commit -m X; push`,
    says: /push-denied|takes no pushes/,
    reason: "push-denied",
  },
  {
    line: "ref-rules",
    name: "a repository whose pushes wait for a person",
    repo: "asking",
    script: `echo x >x; commit -m X; push`,
    says: APPROVAL,
    reason: "push-approval",
  },
];
