/** Ending everything that a user runs. */

import type { ProcessUser } from "./user.ts";

/** The shell is one of that user's processes itself, and the only one that `-1` leaves out. No value reaches it. */
const KILL_ALL = ["/bin/sh", "-c", "kill -s KILL -- -1 2>/dev/null || true"] as const;

/** Debian gives those below to the system. */
const FIRST_UID = 1000;

/**
 * Sends KILL to all processes of a user whom only a daemon of ours runs as, in one call of the kernel: what is being forked at
 * that moment does not get away.
 *
 * @throws {Error} if no process can be started for it: the limit of processes may be reached
 * @throws {TypeError} for a user of the system's: root's would be everything
 */
export async function endProcessesOf(user: ProcessUser): Promise<void> {
  if (!(user.uid >= FIRST_UID)) throw new TypeError(`Not a daemon's user: ${user.uid}`);
  const [program, ...args] = KILL_ALL;
  const { code } = await new Deno.Command(program, {
    args,
    clearEnv: true,
    cwd: "/",
    stdin: "null",
    stdout: "null",
    stderr: "null",
    ...user,
  }).spawn().status;
  if (code !== 0) throw new Error(`Ending the processes of user ${user.uid} ended with ${code}`);
}
