/** Judges one request, on its own: nothing is remembered from the request before it. */

import { parseAuthority } from "../host/authority.ts";
import { decideRequest } from "../route/decide_request.ts";
import { isGitPush } from "./git_push.ts";
import { type ConnectTarget, findHostFault, type Refused } from "./judge_connect.ts";
import { splitConnectionHeaders } from "../http1/connection_headers.ts";
import { requestFraming } from "../http1/framing.ts";
import { findUpgradeFault } from "./judge_upgrade.ts";
import { type BodyFraming, type HeaderList, headerValues, type RequestHead } from "../message.ts";
import { dropForwarded, findOverride, overridesMethod } from "./overrides.ts";
import { parsePath } from "../route/path.ts";
import type { Route } from "../route/route.ts";
import type { RouteTable } from "../route/route_table.ts";

/** A request that may go. */
export interface AllowedRequest {
  readonly ok: true;
  readonly route: Route;
  readonly scheme: "http" | "https";
  readonly target: ConnectTarget;
  /** Path and query, as they came. */
  readonly path: string;
  /** Without the fields of the connection and those that only a proxy may set; credentials are still on it. */
  readonly headers: HeaderList;
  readonly framing: BodyFraming;
  readonly isPersistent: boolean;
  /** It asks to go on as a WebSocket: a GET of HTTP/1.1 without a body. */
  readonly upgrade?: "websocket";
}

/** What {@linkcode judgeRequest} answers. A refusal says what it could read of where the request wanted to go. */
export type RequestDecision = AllowedRequest | RefusedRequest;

/** A request that may not go. */
export interface RefusedRequest extends Refused {
  readonly path?: string;
  /** It was understood whole and has no body: another request may follow on its connection. */
  readonly isReusable?: boolean;
}

/**
 * Judges a request's head.
 *
 * @param tunnel where the tunnel leads that the request came through; undefined: it came to the proxy itself, and must
 * be in absolute form, over plain http
 * @param now milliseconds since 1970; default the clock
 * @throws {BottleError} `http-malformed`
 */
export function judgeRequest(
  table: RouteTable,
  head: RequestHead,
  tunnel: ConnectTarget | undefined,
  now: number = Date.now(),
): RequestDecision {
  const scheme = tunnel === undefined ? "http" : "https";
  const asked = tunnel === undefined ? parseAbsolute(head.target) : throughTunnel(head, tunnel);
  if (!asked.ok) return asked;
  const { target, path } = asked;
  const refuse = (detail: string): RequestDecision => ({
    ok: false,
    reason: "protocol",
    detail,
    target,
    path,
  });
  const mismatch = findHostFault(head.headers, target, scheme === "https" ? 443 : 80);
  if (mismatch !== undefined) return refuse(mismatch);
  const framing = requestFraming(head);
  const { headers, isPersistent, upgrade } = splitConnectionHeaders(head.headers, head.version);
  const upgradeFault = upgrade.length > 0 ? findUpgradeFault(head, upgrade, framing) : undefined;
  if (upgradeFault !== undefined) return refuse(upgradeFault);
  const expectations = headerValues(headers, "expect");
  if (expectations.some((value) => value.toLowerCase() !== "100-continue")) {
    return refuse("An expectation other than 100-continue");
  }
  if (head.method === "CONNECT") return refuse("A CONNECT inside a connection");
  if (head.method === "TRACE" || head.method === "TRACK") {
    // They echo the request, and with it the credential that is put on. TRACK is what IIS calls it.
    return {
      ok: false,
      reason: "method",
      detail: `"${head.method}" is never allowed`,
      target,
      path,
    };
  }
  const isReusable = isPersistent && head.version === "1.1" && framing.kind === "none";
  const decision = decideRequest(table, {
    scheme,
    host: target.host,
    port: target.port,
    method: head.method,
    path,
    headers,
  }, now);
  if (!decision.ok) {
    const { reason, detail, route } = decision;
    return { ok: false, reason, detail, route: route?.host, target, path, isReusable };
  }
  const { route } = decision;
  const parsed = parsePath(path);
  const query = parsed.kind === "path" ? parsed.query : undefined;
  const override = findOverride(route, headers, query);
  if (override !== undefined) {
    return { ok: false, ...override, route: route.host, target, path, isReusable };
  }
  // A server may go by any of several.
  const contentType = headerValues(headers, "content-type").join(", ");
  const isOverridden = (): boolean => overridesMethod(headers, query);
  const push = { method: head.method, contentType, isOverridden };
  if (parsed.kind === "path" && isGitPush({ ...push, path: parsed })) {
    const detail = "A push over HTTP";
    return { ok: false, reason: "git-push", detail, route: route.host, target, path, isReusable };
  }
  return {
    ok: true,
    route,
    scheme,
    target,
    path,
    headers: dropForwarded(headers),
    framing,
    isPersistent,
    ...(upgrade.length > 0 && { upgrade: "websocket" }),
  };
}

type Asked = { readonly ok: true; readonly target: ConnectTarget; readonly path: string } | Refused;

function throughTunnel(head: RequestHead, target: ConnectTarget): Asked {
  if (head.target.startsWith("/")) return { ok: true, target, path: head.target };
  return { ok: false, reason: "protocol", detail: "A request target that is no path", target };
}

const ABSOLUTE = /^http:\/\/([^/?#]*)((?:[/?][^#]*)?)$/i;

/** `http://host[:port][/path][?query]`. */
function parseAbsolute(text: string): Asked {
  const [, authorityText, rest] = ABSOLUTE.exec(text) ?? [];
  if (authorityText === undefined || rest === undefined) {
    const detail = text.startsWith("/")
      ? "This is a proxy: it serves nothing itself"
      : "A request target that is no http:// URI; https goes by CONNECT";
    return { ok: false, reason: "protocol", detail };
  }
  const authority = parseAuthority(authorityText);
  if ("kind" in authority) return { ok: false, reason: authority.reason, detail: authority.why };
  const target = { host: authority.host, port: authority.port ?? 80 };
  return { ok: true, target, path: rest.startsWith("/") ? rest : `/${rest}` };
}
