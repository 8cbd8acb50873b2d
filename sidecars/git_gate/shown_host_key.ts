/** Learning which key an upstream shows, once it has turned out not to be the declared one. */

import { parseShownHostKey } from "../../lib/git_gate/upstream_failure.ts";
import type { GitRunner } from "./git.ts";

const LIMIT_MS = 8_000;

/**
 * Connects once more, as far as the host's key and never further: with no way to log in, nothing could be sent even if it
 * were the right one now.
 *
 * @returns type and fingerprint; undefined: it did not show one
 */
export async function readShownHostKey(runner: GitRunner): Promise<string | undefined> {
  const { stderr } = await runner.ssh([
    ...["-v", "-o", "ControlMaster=no", "-o", "ControlPath=none"],
    ...["-o", "PubkeyAuthentication=no", "-o", "LogLevel=DEBUG1"],
  ], LIMIT_MS);
  return parseShownHostKey(stderr);
}
