/** A day's work with git, command by command. */

/** One command, and what happens before it. */
export interface Step {
  /** What git is asked for, as it is typed in the folder of work trees; the step's last command, whose exit code counts. */
  readonly git: string;
  /** Somebody else's work on the upstream before it: branch and file. */
  readonly other?: readonly [branch: string, file: string];
  /** Edits before it. */
  readonly edit?: string;
  /** Exit code, where it is no success. */
  readonly code?: number;
  /** A text that stderr has, both ways. */
  readonly says?: string;
}

/** The refusal of the upstream's own hook. */
export const REFUSAL = "Branches under forbidden/ are kept for releases";

/** The upstream's `update` hook. */
export const UPDATE_HOOK = `case "$1" in
  refs/heads/forbidden/*) echo "${REFUSAL}" >&2; exit 1 ;;
esac`;

/** As a person writes them; each side finds its own upstream by them. */
const WIDGET = "ssh://git@git.example.com/srv/git/widget.git";
const PART = "ssh://git@git.example.com/srv/git/part.git";

/** In this order. */
export const steps: readonly Step[] = [
  { git: `clone ${WIDGET} widget` },
  { git: "-C widget remote show origin" },
  { git: "-C widget switch -c feature" },
  { edit: "echo one >widget/one.txt; git -C widget add .", git: "-C widget commit -m One" },
  { git: "-C widget push -u origin feature" },
  { git: "-C widget ls-remote origin" },
  { other: ["main", "theirs.txt"], git: "-C widget fetch origin" },
  { edit: "git -C widget switch --quiet main", git: "-C widget pull --ff-only" },
  { edit: "git -C widget switch --quiet feature", git: "-C widget rebase main" },
  { git: "-C widget push", code: 1, says: "non-fast-forward" },
  { git: "-C widget push --force-with-lease" },
  { edit: "git -C widget tag -a v1 -m 'Version 1'", git: "-C widget push origin v1" },
  { edit: "git -C widget tag light; git -C widget tag other", git: "-C widget push --tags" },
  { git: "-C widget push", says: "Everything up-to-date" },
  {
    edit:
      "cd widget; git switch --quiet main; echo mine >mine.txt; git add .; git commit -qm Mine; cd ..",
    other: ["main", "again.txt"],
    git: "-C widget push origin main",
    code: 1,
    says: "fetch first",
  },
  { git: "-C widget pull --rebase" },
  { git: "-C widget push --dry-run origin main" },
  { git: "-C widget push origin main" },
  { git: "-C widget merge --no-ff --no-edit feature" },
  {
    git: "-C widget push --atomic origin main feature:refs/heads/forbidden/one",
    code: 1,
    says: REFUSAL,
  },
  {
    git: "-C widget push origin main feature:refs/heads/forbidden/two feature:also",
    code: 1,
    says: REFUSAL,
  },
  { git: "-C widget push origin HEAD:refs/heads/forbidden/three", code: 1, says: REFUSAL },
  { git: "-C widget push --force origin main~1:also" },
  { git: "-C widget push origin nothing:nothing", code: 1, says: "does not match any" },
  { other: ["side", "side.txt"], git: "-C widget push origin --delete feature" },
  { git: "-C widget push origin :refs/tags/light :refs/heads/also" },
  { git: "-C widget fetch --prune --prune-tags" },
  { git: "-C widget fetch origin nothing", code: 128, says: "couldn't find remote ref nothing" },
  { git: "-C widget ls-remote --exit-code origin nothing", code: 2 },
  { git: "-C widget cherry-pick origin/side" },
  { edit: "echo stashed >>widget/mine.txt", git: "-C widget stash" },
  { git: "-C widget stash pop" },
  { git: "-C widget worktree add ../beside origin/side" },
  { edit: "git -C widget checkout -q -- .", git: "-C widget notes add -m 'A note' HEAD" },
  {
    edit: "git -C widget bisect start HEAD HEAD~5",
    git: "-C widget bisect run sh -c '! test -e side.txt'",
  },
  { git: "-C widget bisect reset" },
  { git: `-C widget submodule add ${PART} part` },
  { edit: "git -C widget commit -qm 'Add a part'", git: "-C widget push" },
  { git: `clone --recurse-submodules ${WIDGET} whole` },
  { git: `clone --depth 1 ${WIDGET} shallow` },
  {
    edit: "cd shallow; echo shallow >shallow.txt; git add .; git commit -qm Shallow; cd ..",
    git: "-C shallow push origin HEAD:from-shallow",
  },
  { git: "-C shallow fetch --deepen 2" },
  { git: "-C shallow fetch --unshallow" },
  { git: `clone --filter=blob:none --no-checkout ${WIDGET} partial` },
  { git: "-C partial checkout main~3" },
  { git: `clone --single-branch --branch side ${WIDGET} single` },
  { git: `clone --mirror ${WIDGET} mirror.git` },
  { other: ["side", "late.txt"], git: "-C mirror.git remote update" },
  { git: "-C beside fetch origin side" },
  { git: "-C widget gc --quiet" },
  { git: "-C widget fsck --full" },
  { git: "-C widget bundle create ../all.bundle --all" },
  { git: "clone all.bundle unbundled" },
  { git: "-C whole submodule update --remote" },
];
