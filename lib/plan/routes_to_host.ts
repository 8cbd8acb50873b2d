/** Which routes lead to a host. */

import { parseHost } from "../egress/host/host.ts";
import { matchHost, parseHostPattern } from "../egress/host/host_pattern.ts";
import type { Route } from "../egress/route/route.ts";

/** @param host canonical; an IPv6 address without brackets */
export function routesToHost(host: string, routes: readonly Route[]): readonly Route[] {
  const parsed = parseHost(host.includes(":") ? `[${host}]` : host);
  if (parsed.kind === "bad") return [];
  return routes.filter((route) => {
    const pattern = parseHostPattern(route.host);
    return pattern.kind !== "bad" && matchHost(pattern, parsed);
  });
}
