/** What a single route opens that nobody may have meant. */

import { isEveryPath } from "../egress/route/path.ts";
import { compilePattern } from "../egress/route/pattern.ts";
import { isMatchLive } from "../egress/route/route_expiry.ts";
import { coversMatch } from "../egress/route/route_change.ts";
import { readingMethods } from "../egress/judge/reading_methods.ts";
import type { PathMatch, RouteMatch } from "../egress/route/route.ts";
import type { ManifestRoute } from "../manifest/types.ts";
import type { Finding } from "./finding.ts";
import { findSharedBelow, findSharedPlace } from "./shared_place.ts";

/** A finding without the route's own place. */
export type RouteFinding = Omit<Finding, "place" | "host">;

/** @param now milliseconds since 1970 */
export function lintRoute(route: ManifestRoute, now: number): readonly RouteFinding[] {
  return [
    ...lintWildcard(route),
    ...lintSharedHost(route),
    ...lintCredential(route),
    ...lintTrust(route),
    ...lintMatches(route, now),
  ];
}

function lintWildcard(route: ManifestRoute): readonly RouteFinding[] {
  const { host } = route;
  if (!host.startsWith("*.")) return [];
  const shared = findSharedBelow(host);
  if (shared !== undefined) {
    return [{
      code: "wildcard-shared",
      severity: "danger",
      message:
        `"${host}" has names in it that anybody can have: ${shared.what} at "${shared.host}"`,
      remedy: "Name the hosts that are needed, each for itself",
      source: shared.source,
    }];
  }
  return hasCredential(route)
    ? [{
      code: "wildcard-credential",
      severity: "danger",
      message: `The credential goes to every name below "${host.slice(2)}"`,
      remedy: "Give the credential to the one host that needs it, by a route of its own",
      source: undefined,
    }]
    : [{
      code: "wildcard",
      severity: "note",
      message: `Every name below "${host.slice(2)}" is open, those of tomorrow too`,
      remedy: "Name the hosts that are needed, if they are known",
      source: undefined,
    }];
}

function lintSharedHost(route: ManifestRoute): readonly RouteFinding[] {
  const place = findSharedPlace(route.host);
  if (place === undefined) return [];
  const { what, source } = place;
  if (place.kind === "drop") {
    return [{
      code: "drop-box",
      severity: "danger",
      message: `Anybody can have ${what} at "${route.host}", and read what is sent there`,
      remedy: "Leave the route out, or limit it to the very paths that are yours",
      source,
    }];
  }
  const { matches = [] } = route;
  const open = matches.filter((match) => !isLimitedToOwners(match));
  if (matches.length > 0 && open.length === 0) return [];
  const isWritable = matches.length === 0 || open.some(isWritingMatch);
  const remedy = "Limit the paths to the owners that are meant, such as /team/…";
  if (hasCredential(route) && isWritable) {
    return [{
      code: "credential-shared-host",
      severity: "danger",
      message:
        `With the credential ${what} at "${route.host}" can be made or written, for all to read`,
      remedy,
      source,
    }];
  }
  return [{
    code: "shared-host",
    severity: isWritable ? "warning" : "note",
    message: isWritable
      ? `Anybody can have ${what} at "${route.host}", and requests that write pass`
      : `Anybody can have ${what} at "${route.host}": what is read there is no one owner's`,
    remedy,
    source,
  }];
}

function lintCredential(route: ManifestRoute): readonly RouteFinding[] {
  if (!hasCredential(route)) return [];
  const { host, matches = [], ports = [] } = route;
  const found: RouteFinding[] = [];
  if (
    matches.length === 0 ||
    matches.some(({ methods, ...rest }) => methods === undefined && isAnyPath(rest))
  ) {
    found.push({
      code: "credential-everything",
      severity: "warning",
      message: `Every request to "${host}" passes, with the credential: all that it is good for`,
      remedy: "Write matches with the methods and paths that are needed",
      source: undefined,
    });
  } else if (isWriting(route)) {
    const isWide = matches.some((match) => isWritingMatch(match) && isAnyPath(match));
    found.push({
      code: "credential-write",
      severity: isWide ? "warning" : "note",
      message: `Requests that write pass with the credential of "${host}"${
        isWide ? ", on every path" : ""
      }`,
      remedy: isWide
        ? "Name the paths that may be written, or take a credential that can only read"
        : "Take a credential that can do no more than this",
      source: undefined,
    });
  }
  if (ports.includes(80)) {
    found.push({
      code: "credential-plain-http",
      severity: "warning",
      message: `Port 80 of "${host}" is open, where the credential is never put on`,
      remedy: "Leave 80 out of ports",
      source: undefined,
    });
  }
  return found;
}

function lintTrust(route: ManifestRoute): readonly RouteFinding[] {
  const { host, tls, auth, allow_private: isPrivate } = route;
  const isWide = host.startsWith("*.");
  const found: RouteFinding[] = [];
  if (tls === "passthrough") {
    found.push({
      code: "passthrough",
      severity: isWide ? "danger" : "warning",
      message: `TLS to "${host}" is not looked into: any request passes, under any account`,
      remedy: "Leave tls out, unless the client pins its server's certificate",
      source: undefined,
    });
  }
  if (auth?.scheme === "agent") {
    found.push({
      code: "agent-credential",
      severity: "warning",
      message:
        `The agent's own credentials pass to "${host}", also those of somebody else's account`,
      remedy: "Put a credential on by egress, or limit the paths to what hands tokens out",
      source: undefined,
    });
  }
  if (isPrivate === true) {
    found.push({
      code: "private-addresses",
      severity: isWide ? "danger" : "warning",
      message: `"${host}" may lead into private networks, the host's own among them`,
      remedy: "Leave allow_private out, or join one network by --bundle-network NAME=host",
      source: undefined,
    });
  }
  return found;
}

function lintMatches({ host, matches = [] }: ManifestRoute, now: number): readonly RouteFinding[] {
  const found: RouteFinding[] = [];
  for (const [index, match] of matches.entries()) {
    const which = `Match ${index + 1} of "${host}"`;
    if (!isMatchLive(match, now)) {
      found.push({
        code: "expired-match",
        severity: "note",
        message: `${which} is over since ${match.expires_at ?? ""}`,
        remedy: "Take it out",
        source: undefined,
      });
    }
    const wider = matches.findIndex((other, at) =>
      at !== index && coversMatch(other, match) && (at < index || !coversMatch(match, other))
    );
    if (wider >= 0) {
      found.push({
        code: "shadowed-match",
        severity: "note",
        message: `${which} lets nothing pass that match ${wider + 1} does not`,
        remedy: "Take one of them out",
        source: undefined,
      });
    }
    const broad = match.paths?.find(isBroad);
    if (broad !== undefined) {
      found.push({
        code: "broad-path",
        severity: broad.type === "regex" ? "warning" : "note",
        message: `${which} has the path ${JSON.stringify(broad.value)}, which is every path`,
        remedy: "Leave paths out, if that is meant, or name those that are needed",
        source: undefined,
      });
    }
  }
  return found;
}

function hasCredential({ auth }: ManifestRoute): boolean {
  return auth !== undefined && auth.scheme !== "agent";
}

function isWriting({ matches = [] }: ManifestRoute): boolean {
  return matches.length === 0 || matches.some(isWritingMatch);
}

/** A fetch by git is a POST that writes nothing. */
function isWritingMatch({ methods, paths }: RouteMatch): boolean {
  const isFetch = paths?.every(({ value }) => value.endsWith("/git-upload-pack")) ?? false;
  return !isFetch && (methods?.some((method) => !readingMethods.has(method)) ?? true);
}

function isAnyPath({ paths }: Pick<RouteMatch, "paths">): boolean {
  return paths?.some(isBroad) ?? true;
}

/** Whether it is for paths alone whose first segment is one that was chosen. */
function isLimitedToOwners({ paths }: RouteMatch): boolean {
  return paths?.every(({ type, value }) => type !== "regex" && !/^\/(?:[^/]*\*|$)/.test(value)) ??
    false;
}

/** Two paths that nobody names, of one segment and of two: what fits both fits all. */
const ANY_PATHS = ["/q7zx0", "/q7zx0/w_4.k"] as const;

function isBroad(path: PathMatch): boolean {
  return path.type === "regex" ? ANY_PATHS.every(compilePattern(path.value)) : isEveryPath(path);
}
