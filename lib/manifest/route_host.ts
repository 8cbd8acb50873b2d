/** The `host` of a manifest's route: canonical, and never a wildcard over everybody's names. */

import { getPublicSuffix } from "../deps/tldts.ts";
import { parseHostPattern, printHostPattern } from "../egress/host/host_pattern.ts";
import { quote } from "./problem.ts";
import type { Fault } from "./shape.ts";

/** The canonical form of a host that {@linkcode findHostFault} finds no fault with; otherwise undefined. */
export function canonicalHost(text: string): string | undefined {
  const pattern = parseHostPattern(text);
  return pattern.kind === "bad" ? undefined : printHostPattern(pattern);
}

/** What is wrong with a route's host; undefined if nothing. */
export function findHostFault(text: string): Fault | undefined {
  const pattern = parseHostPattern(text);
  if (pattern.kind === "bad") {
    return { why: `is no host: ${quote(text)}: ${pattern.why}`, ...hostHint(text) };
  }
  if (pattern.kind === "exact") return undefined;
  const suffix = getPublicSuffix(pattern.suffix, { allowPrivateDomains: true });
  if (suffix !== pattern.suffix) return undefined;
  return {
    why: `is a wildcard over a public suffix: ${quote(text)}`,
    hint: "Anybody can have a name there: name the hosts, or a domain of one owner",
  };
}

/** Things that people paste. */
function hostHint(text: string): { readonly hint: string } | Record<never, never> {
  if (text.includes("://") || text.includes("/")) {
    return { hint: "Write the name alone; paths go under matches" };
  }
  if (/:[0-9]+$/.test(text)) return { hint: "Write the name alone; ports go under ports: [443]" };
  return {};
}
