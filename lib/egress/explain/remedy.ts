/** The smallest change that would let a refused request pass. */

import { BottleError } from "../../errors.ts";
import type { AskedRequest } from "./asked_request.ts";
import { explainRequest } from "./explain.ts";
import type { ExplainOptions, Explanation } from "./explanation.ts";
import { printHost } from "../host/host.ts";
import { parsePath } from "../route/path.ts";
import type { ConnectTarget } from "../judge/judge_connect.ts";
import { readingMethods } from "../judge/reading_methods.ts";
import type { BlockReason } from "../reason.ts";
import { type AllowChange, changeRoutes } from "../route/route_change.ts";
import type { Route } from "../route/route.ts";
import { isLive, isMatchLive } from "../route/route_expiry.ts";
import { holdsMethod } from "../route/route_match.ts";
import { compileRoutes, findRoute } from "../route/route_table.ts";

/** What to do. */
export type Remedy =
  | (typeof none)
  /** One would, and opens more than this request: nothing that is told to be copied. */
  | { readonly kind: "declined"; readonly why: string }
  | (Change & {
    /** What it is refused for still when that is done; undefined: it passes, but for addresses that nobody looked up. */
    readonly then: Explanation["refusal"];
  });

/** One step nearer. */
type Change =
  /** `allow` does it, and so does one more entry in a manifest: tried. */
  | { readonly kind: "allow"; readonly change: AllowChange }
  /** A key of the route, which only a manifest can say. */
  | {
    readonly kind: "manifest";
    readonly host: string;
    readonly key: "ports" | "allow_private";
    /** As YAML. */
    readonly value: string;
    /** Of the route; undefined: there is none yet. */
    readonly origin: string | undefined;
  };

/** No route would do it. */
const none = { kind: "none" } as const;

/**
 * Looks for it, and tries it out: what is told takes the request further. Nothing is told that opens other hosts beside,
 * or writes with a credential.
 *
 * @param routes those that the request was refused by
 */
export function findRemedy(
  asked: AskedRequest,
  { refusal, target, path, route }: Explanation,
  routes: readonly Route[],
  options: ExplainOptions,
): Remedy {
  if (refusal === undefined || target === undefined) return none;
  const change = changeFor(asked, { target, path, route, reason: refusal.reason });
  const table = change && applied(routes, change, options.now);
  if (change === undefined || table === undefined) return none;
  const after = explainRequest(asked, { ...options, table });
  const then = after.refusal;
  if (then?.reason === refusal.reason) return none;
  // Opened for nothing, if what comes next can't be: a push of git.
  if (
    then !== undefined && changeFor(asked, { ...after, target, reason: then.reason }) === undefined
  ) {
    return none;
  }
  const why = whyTooWide(change, route, target) ??
    whyFields(asked, { target, path, route }, options);
  return why === undefined ? { ...change, then } : { kind: "declined", why };
}

/** Why nobody should copy a change without a thought of his own; undefined: it opens this request alone. */
function whyTooWide(
  change: Change,
  route: Route | undefined,
  { host }: ConnectTarget,
): string | undefined {
  if (route?.host.startsWith("*.") === true) {
    return `"${route.host}" decides for every name below it; a route of its own for "${
      printHost(host)
    }" would take its place there`;
  }
  const isWrite = change.kind === "allow" &&
    change.change.methods?.some((method) => !readingMethods.has(method)) === true;
  if (!isWrite || route?.auth === undefined || route.auth.scheme === "agent") return undefined;
  return `it would write with the credential of "${route.host}": add it to the route's "matches" if that is meant`;
}

/** A match of the route has the method and the path, and limits the fields: one more without them would undo that. */
function whyFields(
  { method }: AskedRequest,
  { target, path = "", route }: Omit<RefusedFacts, "reason">,
  { table, now }: ExplainOptions,
): string | undefined {
  const parsed = parsePath(path);
  const isLimited = parsed.kind === "path" &&
    findRoute(table, target.host, (each) => isLive(each, now))?.matches.some((each) =>
      each.match.headers !== undefined && isMatchLive(each.match, now) &&
      holdsMethod(each.match, method) && each.holdsPath(parsed)
    );
  if (isLimited !== true || route === undefined) return undefined;
  return `the route "${route.host}" takes this path with certain header fields alone`;
}

interface RefusedFacts {
  readonly target: ConnectTarget;
  readonly path: string | undefined;
  readonly route: Route | undefined;
  readonly reason: BlockReason;
}

function changeFor(
  asked: AskedRequest,
  { target, path, route, reason }: RefusedFacts,
): Change | undefined {
  const host = route?.host ?? printHost(target.host);
  const scheme = /^https/i.test(asked.url) ? "https" : "http";
  const ports = target.port === (scheme === "https" ? 443 : 80) ? null : [target.port];
  switch (reason) {
    case "host-not-allowed":
    case "ip-literal":
    case "no-match":
    case "method":
    case "expired": {
      // A tunnel is refused before there is a path.
      const place = path ?? /^https?:\/\/[^/?#]*([^#]*)/i.exec(asked.url)?.[1] ?? "";
      const parsed = parsePath(place.startsWith("/") ? place : `/${place}`);
      if (parsed.kind === "bad") return undefined;
      const change: AllowChange = {
        action: "allow",
        host,
        ports: route === undefined ? ports : null,
        methods: [asked.method],
        paths: [{ type: "exact", value: parsed.path }],
        expires_at: null,
        at: new Date(0).toISOString(),
      };
      return { kind: "allow", change };
    }
    case "port": {
      const all = [...new Set([...route?.ports ?? [scheme === "https" ? 443 : 80], target.port])];
      const value = `[${all.join(", ")}]`;
      return { kind: "manifest", host, key: "ports", value, origin: route?.origin };
    }
    case "private-address":
      return { kind: "manifest", host, key: "allow_private", value: "true", origin: route?.origin };
    default:
      return undefined;
  }
}

function applied(
  routes: readonly Route[],
  remedy: Change,
  now: number,
): ExplainOptions["table"] | undefined {
  switch (remedy.kind) {
    case "allow":
      try {
        return compileRoutes(changeRoutes(routes, remedy.change, now));
      } catch (error) {
        if (error instanceof BottleError) return undefined;
        throw error;
      }
    case "manifest":
      return compileRoutes(
        routes.map((route) =>
          route.host !== remedy.host
            ? route
            : remedy.key === "ports"
            ? { ...route, ports: remedy.value.slice(1, -1).split(", ").map(Number) }
            : { ...route, allow_private: true }
        ),
      );
  }
  return remedy satisfies never;
}
