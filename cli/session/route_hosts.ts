/** The hosts of `allow` and `deny`, by the one parser of hosts. */

import { classifyAddress } from "../../lib/egress/host/address.ts";
import { parseHost } from "../../lib/egress/host/host.ts";
import { canonicalHost, findHostFault } from "../../lib/manifest/route_host.ts";
import { badUsage } from "../usage.ts";

/** Hosts, canonical, each once, as routes may have them. @throws {BottleError} `usage` */
export function parseRouteHosts(texts: readonly string[]): readonly string[] {
  return [...new Set(texts.map(parseRouteHost))];
}

/** As {@linkcode parseRouteHosts}, and none is a private address. @throws {BottleError} `usage` */
export function parseAllowedHosts(texts: readonly string[]): readonly string[] {
  const hosts = parseRouteHosts(texts);
  for (const host of hosts) refusePrivate(host);
  return hosts;
}

function parseRouteHost(text: string): string {
  const fault = findHostFault(text);
  const host = canonicalHost(text);
  if (fault === undefined && host !== undefined) return host;
  throw badUsage(
    `HOST ${fault?.why ?? "is no host"}`,
    fault?.hint ?? "Write a name, such as api.example.com or *.example.com",
  );
}

function refusePrivate(host: string): void {
  const parsed = parseHost(host);
  const kind = parsed.kind === "ip" ? classifyAddress(parsed.address) : "public";
  if (kind === "public") return;
  throw badUsage(
    `"${host}" is a ${kind} address`,
    "Only a manifest opens those: a route with allow_private: true, and a new bottle",
  );
}
