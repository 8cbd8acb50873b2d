/** A change of the routes, as a row of the audit. */

import type { AuditRow } from "./audit_row.ts";
import type { Route } from "../route/route.ts";
import type { RouteDiff } from "../route/route_diff.ts";
import { describeMatch } from "../route/describe_match.ts";

/** So many hosts a row tells: more don't change at once, so that none goes unrecorded. */
export const MAX_CHANGED_HOSTS = 32;
/** Of the words beside the hosts; a row has at most 16 KiB. */
const MAX_DETAIL = 4_096;

/** @param revision of the routes after the change. @param now milliseconds since 1970 */
export function policyRow(diff: RouteDiff, revision: number, now: number): AuditRow {
  const hosts = (routes: readonly Route[]): readonly string[] => routes.map(({ host }) => host);
  const detail = [
    ...diff.added.map((route) => `allowed ${describe(route)}`),
    ...diff.changed.map((route) => `changed ${describe(route)}`),
    ...diff.removed.map(({ host }) => `denied ${host}`),
  ].join("; ");
  return {
    time: new Date(now).toISOString(),
    kind: "policy",
    method: "",
    scheme: "",
    host: "",
    port: 0,
    path: "",
    verdict: "allowed",
    detail: detail.slice(0, MAX_DETAIL),
    change: {
      by: "host",
      revision,
      added: hosts(diff.added),
      removed: hosts(diff.removed),
      changed: hosts(diff.changed),
    },
    status: 0,
    bytes_up: 0,
    bytes_down: 0,
    duration_ms: 0,
  };
}

function describe({ host, ports, matches = [] }: Route): string {
  const place = ports === undefined ? host : `${host}:${ports.join(",")}`;
  return matches.length === 0 ? place : `${place} (${matches.map(describeMatch).join("; ")})`;
}
