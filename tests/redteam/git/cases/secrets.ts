/** Secrets at every place of a push. */

import type { GitCase } from "../case.ts";

const FOUND = /push-secret|a secret is in it/;

const placed: readonly Omit<GitCase, "says" | "reason">[] = [
  {
    line: "blob",
    name: "a file",
    script: `echo "token = $SECRET" >config.ini; commit -m Add; push`,
  },
  {
    line: "blob",
    name: "a file without a line end, in a folder of many",
    script: `mkdir -p a/b; for n in $(seq 50); do echo $n >a/b/$n.txt; done
      printf %s "$SECRET" >a/b/31.txt; commit -m Add; push`,
  },
  { line: "blob", name: "a symbolic link", script: `ln -s "$SECRET" link; commit -m Add; push` },
  {
    line: "blob",
    name: "one line of a long one",
    script:
      `{ head -c 3000000 /dev/zero | tr '\\0' x; echo " $SECRET"; } >long.js; commit -m Add; push`,
  },
  {
    line: "blob",
    name: "the last of many commits",
    script: `for n in $(seq 30); do echo $n >n.txt; commit -m "Step $n"; done
      echo "$SECRET" >n.txt; commit -m Last; push`,
  },
  {
    line: "blob",
    name: "a second ref of a push whose first is clean",
    script: `echo clean >clean.txt; commit -m Clean; git branch clean
      echo "$SECRET" >s.txt; commit -m Add; git push origin clean:refs/heads/$BRANCH-clean HEAD:refs/heads/$BRANCH`,
  },
  {
    line: "message",
    name: "a commit's message",
    script: `echo x >x; commit -m "Use $SECRET"; push`,
  },
  {
    line: "message",
    name: "the message of a commit that is reverted",
    script:
      `echo x >x; commit -m "Use $SECRET"; git revert --no-edit HEAD; git commit --quiet --amend -m Back; push`,
  },
  {
    line: "message",
    name: "a header of a commit that no git writes",
    script: `echo x >x; commit -m X
      id=$(git cat-file commit HEAD | sed "s/^committer .*/&\\nx-note $SECRET/" | git hash-object -t commit -w --stdin)
      git push origin $id:refs/heads/$BRANCH`,
  },
  {
    line: "message",
    name: "what stands in the place of a signature",
    script: `echo x >x; commit -m X
      id=$(git cat-file commit HEAD | sed "s/^committer .*/&\\ngpgsig -----BEGIN PGP SIGNATURE-----\\n $SECRET\\n -----END PGP SIGNATURE-----/" |
        git hash-object -t commit -w --stdin)
      git push origin $id:refs/heads/$BRANCH`,
  },
  {
    line: "author",
    name: "an author's name",
    script: `echo x >x; commit -m X --author "$SECRET <a@example.com>"; push`,
  },
  {
    line: "author",
    name: "a committer's address",
    script: `echo x >x; GIT_COMMITTER_EMAIL="$SECRET@example.com" commit -m X; push`,
  },
  {
    line: "tag",
    name: "the message of an annotated tag",
    script: `git tag -a $BRANCH -m "Use $SECRET"; git push origin refs/tags/$BRANCH`,
  },
  {
    line: "tag",
    name: "a tagger",
    script:
      `GIT_COMMITTER_NAME="$SECRET" git tag -a $BRANCH -m X; git push origin refs/tags/$BRANCH`,
  },
  {
    line: "tag",
    name: "a tag inside a tag",
    script: `git tag -a inner -m "Use $SECRET"; git tag -a $BRANCH -m Outer inner; git tag -d inner
      git push origin refs/tags/$BRANCH`,
  },
  { line: "tag", name: "a tag's name", script: `git push origin "HEAD:refs/tags/$SECRET"` },
  {
    line: "tag",
    name: "a tag of a blob",
    script:
      `id=$(echo "$SECRET" | git hash-object -w --stdin); git tag $BRANCH $id; git push origin refs/tags/$BRANCH`,
  },
  {
    line: "note",
    name: "a note, pushed as a branch",
    script:
      `git notes add -m "Use $SECRET" HEAD; git push origin refs/notes/commits:refs/heads/$BRANCH`,
  },
  {
    line: "branch-name",
    name: "the whole name",
    script: `git push origin "HEAD:refs/heads/$SECRET"`,
  },
  {
    line: "branch-name",
    name: "a part of it",
    script:
      `git commit --quiet --allow-empty -m X; git push origin "HEAD:refs/heads/fix/$SECRET/now"`,
  },
  { line: "path-name", name: "a file's", script: `echo x >"$SECRET"; commit -m X; push` },
  {
    line: "path-name",
    name: "a folder's",
    script: `mkdir -p "docs/$SECRET/en"; echo x >"docs/$SECRET/en/a.md"; commit -m X; push`,
  },
  {
    line: "path-name",
    name: "a file that was there for one commit",
    script: `echo x >"$SECRET"; commit -m X; git rm --quiet "$SECRET"; commit -m Y; push`,
  },
  {
    line: "deleted-later",
    name: "a file that the next commit removes",
    script: `echo "$SECRET" >s.txt; commit -m Add; git rm --quiet s.txt; commit -m Remove; push`,
  },
  {
    line: "deleted-later",
    name: "a file that a later commit changes",
    script:
      `echo "$SECRET" >s.txt; commit -m Add; echo x >y; commit -m Y; echo clean >s.txt; commit -m Clean; push`,
  },
  {
    line: "deleted-later",
    name: "a side branch that was merged with ours",
    script:
      `git switch --quiet -c side; echo "$SECRET" >s.txt; commit -m Add; git switch --quiet main; echo x >x
      commit -m X; git merge --quiet -s ours -m Merge side; push`,
  },
  {
    line: "unreachable",
    name: "a blob in the pack",
    script:
      `echo x >x; commit -m X; new=$(git rev-parse HEAD); blob=$(echo "$SECRET" | git hash-object -w --stdin)
      { git rev-list --objects origin/main..HEAD | cut -d' ' -f1; echo $blob; } | git pack-objects -q --stdout >/tmp/pack
      raw_push refs/heads/$BRANCH $NONE $new /tmp/pack`,
  },
  {
    line: "unreachable",
    name: "a commit in the pack",
    script: `echo x >x; commit -m X; new=$(git rev-parse HEAD)
      lost=$(git commit-tree -m "Use $SECRET" HEAD^{tree})
      { git rev-list --objects origin/main..HEAD | cut -d' ' -f1; echo $lost; } | git pack-objects -q --stdout >/tmp/pack
      raw_push refs/heads/$BRANCH $NONE $new /tmp/pack`,
  },
  {
    line: "unreachable",
    name: "a pack with the deletion of a ref",
    first: "push --quiet",
    mayPass: true,
    script: `echo "$SECRET" | git hash-object -w --stdin |
      git pack-objects -q --stdout >/tmp/pack
      raw_push refs/heads/$BRANCH $(git rev-parse HEAD) $NONE /tmp/pack`,
  },
  {
    line: "lfs",
    name: "a pointer",
    script:
      `printf 'version https://git-lfs.github.com/spec/v1\\next-0-x sha256:%s\\noid sha256:%064d\\nsize 12\\n' "$SECRET" 7 >big.psd
      commit -m Add; push`,
  },
  {
    line: "submodule-url",
    name: "a password in it",
    script: `git config -f .gitmodules submodule.part.path part
      git config -f .gitmodules submodule.part.url "https://bot:$SECRET@git.example.com/part.git"
      git add .gitmodules; git update-index --add --cacheinfo 160000,$(git rev-parse HEAD),part
      git commit --quiet -m Part; push`,
  },
  {
    line: "merge",
    name: "what only the merge itself has",
    script:
      `git switch --quiet -c side; echo side >side.txt; commit -m Side; git switch --quiet main; echo x >x; commit -m X
      git merge --quiet --no-commit side; echo "$SECRET" >merged.txt; git add .; git commit --quiet -m Merge; push`,
  },
  {
    line: "merge",
    name: "a root of another history",
    script:
      `git switch --quiet --orphan other; echo "$SECRET" >s.txt; commit -m Root; git switch --quiet main
      git merge --quiet --allow-unrelated-histories --no-edit other; git rm -q s.txt; commit -m Clean; push`,
  },
  {
    line: "known-secret",
    name: "plain, in a file",
    script: `echo "x=$KNOWN" >x; commit -m X; push`,
  },
  { line: "known-secret", name: "in a message", script: `echo x >x; commit -m "See $KNOWN"; push` },
  {
    line: "known-secret",
    name: "for a branch",
    script: `git push origin "HEAD:refs/heads/$KNOWN"`,
  },
  { line: "known-secret", name: "for a path", script: `echo x >"$KNOWN"; commit -m X; push` },
  {
    line: "known-secret",
    name: "in base64, at each alignment",
    script:
      `for pad in "" a ab; do printf %s "$pad$KNOWN" | base64 -w0; echo; done >x.txt; commit -m X; push`,
  },
  {
    line: "known-secret",
    name: "behind bytes that are no text",
    script: `printf '\\0\\1\\2%s\\0' "$KNOWN" >x.dat; commit -m X; push`,
  },
];

/** All of them: found, and refused for it. */
export const secretCases: readonly GitCase[] = placed.map((one) =>
  one.mayPass === true ? { ...one, says: /./ } : { ...one, says: FOUND, reason: "push-secret" }
);
