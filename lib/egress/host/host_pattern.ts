/** The `host` of a route: an exact host, or a wildcard. */

import { type Host, type HostName, parseHost, printHost } from "./host.ts";

/** `wildcard`: any depth below `suffix`, not the suffix itself. */
export type HostPattern =
  | { readonly kind: "exact"; readonly host: Host }
  | { readonly kind: "wildcard"; readonly suffix: HostName };

/** Why a text is no pattern. */
export interface BadHostPattern {
  readonly kind: "bad";
  readonly why: string;
}

/**
 * Parses a pattern: a host as {@linkcode parseHost} takes it, or `*.` and a name of at least two labels. A star
 * stands for whole labels and at the front only. Whether a suffix is a public one is the manifest's to say: that
 * takes a list.
 *
 * @example
 * ```ts
 * import { matchHost, parseHostPattern } from "./host_pattern.ts";
 * import { parseHost } from "./host.ts";
 * const pattern = parseHostPattern("*.example.com");
 * const host = parseHost("evil-example.com");
 * if (pattern.kind === "bad" || host.kind === "bad") throw new Error("malformed");
 * if (matchHost(pattern, host)) throw new Error("off a label's border");
 * ```
 */
export function parseHostPattern(text: string): HostPattern | BadHostPattern {
  if (!text.startsWith("*")) {
    const host = parseHost(text);
    return host.kind === "bad" ? { kind: "bad", why: host.why } : { kind: "exact", host };
  }
  if (!text.startsWith("*.")) return { kind: "bad", why: "a wildcard is written *.example.com" };
  const suffix = parseHost(text.slice(2));
  if (suffix.kind === "bad") return { kind: "bad", why: suffix.why };
  if (suffix.kind === "ip") return { kind: "bad", why: "an address has no names below it" };
  if (!suffix.name.includes(".")) {
    return { kind: "bad", why: "a wildcard needs a suffix of two labels or more" };
  }
  return { kind: "wildcard", suffix: suffix.name };
}

/** Whether a pattern holds for a host: names by whole labels, addresses by value. */
export function matchHost(pattern: HostPattern, host: Host): boolean {
  if (pattern.kind === "exact") return printHost(pattern.host) === printHost(host);
  return host.kind === "name" && host.name.endsWith(`.${pattern.suffix}`);
}

/** The pattern, canonical. */
export function printHostPattern(pattern: HostPattern): string {
  return pattern.kind === "exact" ? printHost(pattern.host) : `*.${pattern.suffix}`;
}

/** Whether a canonical pattern is a wildcard that a host, or a narrower wildcard, lies below. */
export function isAbove(pattern: string, other: string): boolean {
  return pattern.startsWith("*.") && pattern !== other && other.endsWith(pattern.slice(1));
}
