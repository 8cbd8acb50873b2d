/** Users of the guest, as options of `docker exec`. */

import type { GuestUser } from "../../lib/bottle.ts";

/**
 * Where uid 0 of the guest finds its programs. An image's own PATH may begin with a folder that the agent can write, and what
 * it left there would run as uid 0 when a kept bottle is provisioned again.
 */
export const ROOT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** The options. */
export function userArgs(user: GuestUser): readonly string[] {
  return ["--user", user, ...(user === "root" ? ["--env", `PATH=${ROOT_PATH}`] : [])];
}
