/** What the program asks of Deno: the one list, for the launcher, the tests, the keeper and `deno compile`. */

import { doorFolder, doorSocket } from "./keeper/door.ts";

/**
 * Flags of `deno run`. Reading and writing are not narrowed: manifests name files anywhere (an extra CA, a skill), and the home is wherever
 * BOT_BOTTLE_HOME says. The environment is not either: bottles name the variables. No network: the engine is reached by its client; the one socket is the way to
 * the keepers.
 *
 * Programs are not narrowed either (docs/adr/0009): bottles name the commands that credentials come from, and a list with
 * `docker` and Deno itself in it, as one would have to be, keeps nobody from anything.
 *
 * @param uid of the user; default of who asks
 */
export function permissionFlags(uid: number | null = Deno.uid()): readonly string[] {
  return [
    "--no-prompt",
    "--allow-read",
    "--allow-write",
    "--allow-env",
    "--allow-sys",
    `--allow-net=unix:${doorSocket(doorFolder(uid))}`,
    "--allow-run",
  ];
}
