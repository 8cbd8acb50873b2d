/** Judges a CONNECT: may there be a connection to that host and port at all. */

import { type Authority, parseAuthority } from "../host/authority.ts";
import type { Host } from "../host/host.ts";
import { type HeaderList, headerValues, type RequestHead } from "../message.ts";
import { requestFraming } from "../http1/framing.ts";
import type { BlockReason } from "../reason.ts";
import type { Route } from "../route/route.ts";
import { decide, type RouteTable } from "../route/route_table.ts";

/** What a CONNECT names. */
export interface ConnectTarget {
  readonly host: Host;
  readonly port: number;
}

/** Why something is refused. `detail` holds no credential. */
export interface Refused {
  readonly ok: false;
  readonly reason: BlockReason;
  readonly detail: string;
  /** The host pattern of the route that refused. */
  readonly route?: string | undefined;
  /** Where it wanted to go, as far as that was understood. */
  readonly target?: ConnectTarget;
}

/** Where the tunnel goes, or why there is none. */
export type ConnectDecision = AllowedConnect | Refused;

/** A tunnel that may be made. */
export interface AllowedConnect {
  readonly ok: true;
  readonly target: ConnectTarget;
  /** The route of that moment; with `tls: "passthrough"` it decides alone, else each request is judged anew. */
  readonly route: Route;
}

/**
 * Judges a CONNECT's head. Its target needs a port; a Host field, which HTTP/1.0 may leave out, must name the same.
 *
 * @param now milliseconds since 1970; default the clock
 * @throws {BottleError} `http-malformed` for ambiguous framing
 */
export function judgeConnect(
  table: RouteTable,
  head: RequestHead,
  now: number = Date.now(),
): ConnectDecision {
  const authority = parseAuthority(head.target);
  if ("kind" in authority) return { ok: false, reason: authority.reason, detail: authority.why };
  const { host, port } = authority;
  if (port === undefined) return protocol("A CONNECT needs a port");
  const target = { host, port };
  if (requestFraming(head).kind !== "none") return protocol("A CONNECT has no body", target);
  const mismatch = findHostFault(head.headers, target, port, head.version === "1.0");
  if (mismatch !== undefined) return protocol(mismatch, target);
  const decision = decide(table, { scheme: "https", host, port }, now);
  if (decision.ok) return { ok: true, target, route: decision.route };
  const { reason, detail, route } = decision;
  return { ok: false, reason, detail, route: route?.host, target };
}

/**
 * Why the Host field does not name the target; undefined if it does.
 *
 * @param usualPort what a Host field without a port means
 */
export function findHostFault(
  headers: HeaderList,
  target: ConnectTarget,
  usualPort: number,
  isOptional = false,
): string | undefined {
  const [value, second] = headerValues(headers, "host");
  if (value === undefined) return isOptional ? undefined : "A request needs a Host header";
  if (second !== undefined) return "Several Host headers";
  const authority = parseAuthority(value);
  if ("kind" in authority) return `Malformed Host header: ${authority.why}`;
  return isSame(authority, target, usualPort)
    ? undefined
    : "The Host header names another host than the request goes to";
}

function isSame(authority: Authority, target: ConnectTarget, usualPort: number): boolean {
  return hostText(authority.host) === hostText(target.host) &&
    (authority.port ?? usualPort) === target.port;
}

function hostText(host: Host): string {
  return host.kind === "name" ? host.name : host.address.text;
}

function protocol(detail: string, target?: ConnectTarget): Refused {
  return { ok: false, reason: "protocol", detail, ...(target === undefined ? {} : { target }) };
}
