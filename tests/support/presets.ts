/** What a preset's routes say to a request, by the code that egress judges with. */

import { parseRequestHead } from "../../lib/egress/http1/request_head.ts";
import { judgeConnect } from "../../lib/egress/judge/judge_connect.ts";
import { judgeRequest } from "../../lib/egress/judge/judge_request.ts";
import type { BlockReason } from "../../lib/egress/reason.ts";
import type { Route } from "../../lib/egress/route/route.ts";
import { compileRoutes, type RouteTable } from "../../lib/egress/route/route_table.ts";
import { ManifestIndex } from "../../lib/manifest/index.ts";
import { planRoutes } from "../../lib/plan/routes.ts";

/** The routes of a bottle that extends these, and says nothing else. */
export async function effectiveRoutes(...presets: readonly string[]): Promise<readonly Route[]> {
  const index = ManifestIndex.fromObjects({
    bottles: { dev: { extends: presets, agent_provider: { template: "scripted" } } },
    agents: { demo: { bottle: "dev" } },
  });
  const { bottle } = await index.loadForAgent("demo");
  return planRoutes({
    provider: "scripted",
    providerRoutes: [],
    manifestRoutes: bottle.routes,
  }).routes;
}

/** They, ready to judge by. */
export async function presetTable(...presets: readonly string[]): Promise<RouteTable> {
  return compileRoutes(await effectiveRoutes(...presets));
}

/**
 * Judges a request as egress does: over https its CONNECT first.
 *
 * @param line `GET https://host/path`; the path may be what no URL parser would leave as it is
 * @param fields further lines of the head, each `Name: value`
 */
export function judgeLine(
  table: RouteTable,
  line: string,
  ...fields: readonly string[]
): "ok" | BlockReason {
  const [, method = "", scheme, host = "", path = ""] =
    /^([A-Z]+) (https?):\/\/([^/]+)(\/.*)$/.exec(line) ?? [];
  const head = (target: string): ReturnType<typeof parseRequestHead> =>
    parseRequestHead([`${method} ${target} HTTP/1.1`, `Host: ${host}`, ...fields].join("\r\n"));
  if (scheme === "http") {
    const decision = judgeRequest(table, head(`http://${host}${path}`), undefined);
    return decision.ok ? "ok" : decision.reason;
  }
  const authority = /:[0-9]+$/.test(host) ? host : `${host}:443`;
  const text = `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}`;
  const tunnel = judgeConnect(table, parseRequestHead(text));
  if (!tunnel.ok) return tunnel.reason;
  const decision = judgeRequest(table, head(path), tunnel.target);
  return decision.ok ? "ok" : decision.reason;
}
