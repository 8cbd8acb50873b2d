/** Names that only a private network knows. */

import type { HostName } from "./host.ts";

/**
 * RFC 6761 (localhost), RFC 6762 with its appendix G (local, and what networks use in its place), RFC 8375 (home.arpa),
 * ICANN's resolution of 2024-07-29 (internal).
 */
const PRIVATE_SUFFIXES = [
  "localhost",
  "localdomain",
  "local",
  "internal",
  "intranet",
  "private",
  "corp",
  "home",
  "lan",
  "home.arpa",
] as const;

/**
 * Whether a name is one of a private network by itself: of a single label, or below a suffix that no public server answers
 * for. It says nothing of what any other name resolves to.
 *
 * @example
 * ```ts
 * import { hostName } from "./host.ts";
 * import { isPrivateName } from "./private_name.ts";
 * if (!isPrivateName(hostName("metadata.google.internal"))) throw new Error("expected a private one");
 * if (isPrivateName(hostName("api.example.com"))) throw new Error("expected a public one");
 * ```
 */
export function isPrivateName(name: HostName): boolean {
  return !name.includes(".") || PRIVATE_SUFFIXES.some((suffix) => name.endsWith(`.${suffix}`)) ||
    name === "home.arpa";
}
