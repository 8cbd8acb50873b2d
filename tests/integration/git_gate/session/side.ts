/** One of the two ways to an upstream, and what there is after each command. */

import type { GitClient } from "../../../support/git/client.ts";
import type { Sshd } from "../../../support/git/sshd.ts";
import type { UpstreamRepo } from "../../../support/git/upstream_repo.ts";
import type { Step } from "./steps.ts";

/** A client and its own twin of the upstream. */
export interface Side {
  readonly client: GitClient;
  readonly sshd: Sshd;
  readonly upstream: UpstreamRepo;
}

/** What a command left. */
export interface Outcome {
  readonly code: number;
  readonly stderr: string;
  /** All refs, HEADs, work trees and the check of each repository, in order. */
  readonly local: string;
  /** Refs, HEAD and the check of the upstream. */
  readonly upstream: string;
}

const WORK = "mkdir -p ~/work && cd ~/work";

/** What both clients must have alike: refs, what HEAD is, files with their hashes, what git finds wrong. */
const LOOK = `for one in */; do
  cd "$one"; echo "== $one"
  git for-each-ref; cat "$(git rev-parse --git-path HEAD)"
  git status --porcelain 2>&1 | grep -v 'must be run'
  git fsck --no-dangling --no-progress 2>&1 | sort; echo "fsck \${PIPESTATUS[0]}"
  [ -d objects ] || find . -name .git -prune -o -type f -print0 | sort -z | xargs -0 -r sha256sum
  cd ..
done`;

/** The same of the upstream. */
const LOOK_UPSTREAM =
  "git for-each-ref; cat HEAD; git fsck --full --strict --no-dangling --no-progress; echo $?";

/** Runs a step on one side. */
export async function take({ client, sshd, upstream }: Side, step: Step): Promise<Outcome> {
  if (step.other !== undefined) {
    const [branch, file] = step.other;
    await upstream.commit(branch, { [file]: `${file}\n` });
  }
  const { stdout, stderr } = await client.sh(`${WORK}; { ${step.edit ?? ":"}; } >&2
    git ${step.git} >/dev/null; echo $?; ${LOOK}`);
  const [code = "", ...local] = stdout.split("\n");
  const server = { user: "git", cwd: upstream.path };
  return {
    code: Number(code),
    stderr,
    local: local.join("\n"),
    upstream: await sshd.container.read(["sh", "-c", LOOK_UPSTREAM], server),
  };
}
