/** Where a mirror lies on its volume. */

import { createHash } from "node:crypto";
import type { GateRepo } from "./config.ts";

/** Hex digits of the hash. */
const DIGITS = 12;

/**
 * The folder's name: the repository's, and a hash of where it really is. A volume outlives its bundle, and a name that has come
 * to mean another upstream gets another mirror.
 */
export function mirrorFolderName({ name, upstream }: Pick<GateRepo, "name" | "upstream">): string {
  const { scheme, host, port, path } = upstream;
  const user = upstream.scheme === "ssh" ? upstream.user : "";
  const hash = createHash("sha256").update(JSON.stringify([scheme, user, host, port, path]));
  return `${name}-${hash.digest("hex").slice(0, DIGITS)}.git`;
}
