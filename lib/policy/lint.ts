/** What a list of routes opens that nobody may have meant. */

import { getPublicSuffix } from "../deps/tldts.ts";
import { credentialKey } from "../manifest/credential.ts";
import type { ManifestRoute, Sourced } from "../manifest/types.ts";
import type { Finding, Severity } from "./finding.ts";
import { lintRoute } from "./lint_route.ts";

const ORDER: readonly Severity[] = ["danger", "warning", "note"];

/**
 * Looks at each route, and at where each credential goes. Dangers first, then as the routes are written.
 *
 * @param now milliseconds since 1970
 */
export function lintRoutes(
  routes: readonly Sourced<ManifestRoute>[],
  now: number,
): readonly Finding[] {
  const found = routes.flatMap(({ value, place }) =>
    lintRoute(value, now).map((finding): Finding => ({ ...finding, host: value.host, place }))
  );
  return [...found, ...lintSites(routes)]
    .sort((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity));
}

/** A credential of one owner that goes to another's hosts as well. */
function lintSites(routes: readonly Sourced<ManifestRoute>[]): readonly Finding[] {
  const firsts = new Map<string, string>();
  return routes.flatMap(({ value: { host, auth }, place }): Finding[] => {
    if (auth === undefined || auth.scheme === "agent") return [];
    const key = credentialKey(auth.token_ref);
    const first = firsts.get(key);
    firsts.set(key, first ?? host);
    if (first === undefined || siteOf(first) === siteOf(host)) return [];
    return [{
      code: "credential-many-sites",
      severity: "warning",
      host,
      message: `The credential of "${first}" goes to "${host}" too, which is another site`,
      remedy: "Give each site a credential of its own",
      place,
      source: "https://publicsuffix.org/list/",
    }];
  });
}

/** The registrable domain: the public suffix and one label more. */
function siteOf(host: string): string {
  const name = host.replace(/^\*\./, "");
  const suffix = getPublicSuffix(name, { allowPrivateDomains: true });
  if (suffix === null || suffix === name) return name;
  const [own = ""] = name.slice(0, -suffix.length - 1).split(".").reverse();
  return `${own}.${suffix}`;
}
