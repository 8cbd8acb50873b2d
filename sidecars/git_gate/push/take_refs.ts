/** The mirror's refs become what the upstream has taken. */

import { isNone, type RefCommand } from "../../../lib/git_gate/ref_command.ts";
import type { Mirror } from "../mirror.ts";

/**
 * Deletions come first: a branch `a` may make room for `a/b`. What can't be written is left as it is: whoever asks next has the
 * mirror refreshed before.
 */
export async function takeRefs(mirror: Mirror, taken: readonly RefCommand[]): Promise<void> {
  const gone = taken.filter(({ new: id }) => isNone(id));
  const set = taken.filter(({ new: id }) => !isNone(id));
  await mirror.exclusive(async () => {
    await update(mirror, gone.map(({ ref }) => `delete ${ref}\n`));
    await update(mirror, set.map(({ ref, new: id }) => `update ${ref} ${id}\n`));
  });
}

async function update(mirror: Mirror, lines: readonly string[]): Promise<void> {
  if (lines.length > 0) await mirror.git(["update-ref", "--stdin"], { stdin: lines.join("") });
}
