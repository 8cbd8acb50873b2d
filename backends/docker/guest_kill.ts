/** Ending a command in the guest whose caller gave up: the engine goes on with it when its client is gone. */

import type { GuestUser } from "../../lib/bottle.ts";
import type { Engine } from "../engine/engine.ts";
import { userArgs } from "./guest_user.ts";

/** The variable that marks a command and all that it starts. */
export const EXEC_MARK = "BOT_BOTTLE_EXEC";

/** As long as TERM may take, and some. */
const TIMEOUT_MS = 10_000;

/** TERM for every process that carries the mark, KILL a moment later for those that are left. Needs bash alone. */
const SCRIPT = `marked() {
  local folder
  for folder in /proc/[0-9]*; do
    [ "\${folder#/proc/}" = $$ ] && continue
    while IFS= read -r -d '' entry; do
      [ "$entry" = "$1" ] && echo "\${folder#/proc/}" && break
    done 2> /dev/null < "$folder/environ"
  done 2> /dev/null
}
kill -TERM $(marked "$1") 2> /dev/null || exit 0
for ((n = 0; n < 20; n++)); do
  left=$(marked "$1"); [ -n "$left" ] || exit 0
  read -r -t 0.1 < <(read -r -t 5)
done
kill -KILL $left 2> /dev/null
exit 0`;

/**
 * Ends what carries the mark. Never throws: the container may be gone, and the failure that led here is what the
 * caller must see. A hostile program can shed the mark; stopping the bottle ends that too.
 */
export async function killMarked(
  engine: Engine,
  container: string,
  user: GuestUser,
  mark: string,
): Promise<void> {
  const argv = ["bash", "-c", SCRIPT, "kill-marked", `${EXEC_MARK}=${mark}`];
  try {
    await engine.raw(["exec", ...userArgs(user), container, ...argv], { timeoutMs: TIMEOUT_MS });
  } catch {
    // Told above.
  }
}
