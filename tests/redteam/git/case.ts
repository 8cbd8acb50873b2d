/** What an attack on the gate is. */

import type { GateReason } from "../../../lib/git_gate/reason.ts";
import type { GitThreatId } from "./threats.ts";

/** Repositories of the bottle, by the rules that they have. */
export type RepoName = "widget" | "small" | "closed" | "asking" | "guarded";

/** A push that must not arrive. */
export interface GitCase {
  readonly line: GitThreatId;
  readonly name: string;
  /** Which it is aimed at; default `widget`, whose rules are the default ones. */
  readonly repo?: RepoName;
  /**
   * Bash in the agent's container, in a fresh clone of the repository, behind {@linkcode PRELUDE}. It must fail.
   * Variables: `SECRET` (a token of a known form, new for each case), `KNOWN` (a credential of the bottle), `BRANCH` (new for
   * each case), `URL` (the upstream's real one), `GATE` (the repository at the gate).
   */
  readonly script: string;
  /** The same, before the upstream is looked at: what an attack may build on. It must succeed. */
  readonly first?: string;
  /** What it wrote, stdout and stderr. */
  readonly says: RegExp;
  /** What it asks for may be granted: only what it carries may not arrive. */
  readonly mayPass?: true;
  /** Reason of the push's row in the audit; absent: there is no push to tell of. */
  readonly reason?: GateReason;
}

/** Shell functions of every attack. */
export const PRELUDE = `set -o pipefail
export LC_ALL=C
say() { echo "$*" >&2; }
# Commits all there is, ignored or not.
commit() { git add --all --force && git commit --quiet "$@"; }
push() { git push origin "HEAD:refs/heads/$BRANCH" "$@"; }
pkt() { printf '%04x%s' $((\${#1} + 4)) "$1"; }
call() { curl --noproxy '*' --silent --show-error --max-time 60 --path-as-is "$@"; }
NONE=0000000000000000000000000000000000000000
# Pushes by hand what no git would: ref, old id, new id, pack.
raw_push() {
  local text="$2 $3 $1" abilities=' report-status side-band-64k'
  { printf '%04x%s\\0%s' $((\${#text} + \${#abilities} + 5)) "$text" "$abilities"
    printf 0000; cat "$4"; } >/tmp/body
  call --data-binary @/tmp/body --header 'Content-Type: application/x-git-receive-pack-request' \\
    "$GATE/git-receive-pack" >/tmp/answer
  tr -c '[:print:]\\n' ' ' </tmp/answer >&2
  grep --quiet --text "ok $1" /tmp/answer
}
# Creates so many branches of one commit by one request, with a name of its own for the last.
raw_many() {
  local abilities=' report-status side-band-64k'
  { awk -v count="$1" -v last="$2" -v none=$NONE -v new="$3" -v abilities="$abilities" 'BEGIN {
      for (at = 1; at <= count; at++) {
        line = none " " new " refs/heads/" (at == count ? last : "many/" at)
        printf "%04x%s", length(line) + 4 + (at == 1 ? length(abilities) + 1 : 0), line
        if (at == 1) printf "%c%s", 0, abilities
      }
    }'; printf 0000; git pack-objects -q --stdout </dev/null; } >/tmp/body
  call --data-binary @/tmp/body --header 'Content-Type: application/x-git-receive-pack-request' \\
    "$GATE/git-receive-pack" >/tmp/answer
  tr -c '[:print:]\\n' ' ' </tmp/answer | head -c 2000 >&2
  grep --quiet --text "ok refs/heads/" /tmp/answer
}
`;
