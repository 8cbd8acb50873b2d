/** What the person should know before saying yes, besides the facts of the plan. */

import type { RouteChange } from "../egress/route/route_change.ts";
import type { ReplayedRoutes } from "../egress/route/route_log.ts";
import type { Route } from "../egress/route/route.ts";
import { looksLikeCredential } from "../manifest/credential_shape.ts";
import { formatPlace } from "../manifest/problem.ts";
import type { Manifest } from "../manifest/types.ts";
import type { ExtraCa } from "./extra_ca.ts";
import { gateDangers, gateWarnings } from "./gate_notices.ts";
import { listCredentials, listForwarded } from "./host_variables.ts";
import type { Notice } from "./plan.ts";
import { routeDangers, routeWarnings } from "./route_notices.ts";
import type { BundleNetwork } from "./spec.ts";
import type { UpstreamProxyPlan } from "./upstream_proxy.ts";

/** What {@linkcode makeNotices} looks at. */
export interface NoticeFacts {
  readonly manifest: Manifest;
  readonly routes: readonly Route[];
  /** What the person changed of them. */
  readonly changes: readonly RouteChange[];
  /** Changes of the routes that no longer fit. */
  readonly misfits: ReplayedRoutes["misfits"];
  readonly bundleNetworks: readonly BundleNetwork[];
  readonly extraCa: ExtraCa | null;
  readonly upstreamProxy: UpstreamProxyPlan | null;
  /** Warnings of the index. */
  readonly warnings: readonly string[];
  readonly env: (name: string) => string | undefined;
}

/** Dangers first. */
export function makeNotices(facts: NoticeFacts): readonly Notice[] {
  const { agent } = facts.manifest;
  const danger: string[] = [];
  const warning: string[] = [...facts.warnings];
  const info: string[] = [];

  if (agent.origin === "repository") {
    danger.push(`The agent comes from a repository: its prompt in "${agent.file}" is not yours`);
  }
  for (const route of facts.routes) {
    danger.push(...routeDangers(route));
    warning.push(...routeWarnings(route));
  }
  for (const repo of facts.manifest.bottle.repos.values()) {
    danger.push(...gateDangers({ repo, routes: facts.routes }));
    const hasProxy = facts.upstreamProxy !== null;
    warning.push(...gateWarnings({ repo, routes: facts.routes, hasProxy }));
  }
  for (const { change, why } of facts.misfits) {
    if (change.action === "deny") {
      danger.push(`You denied "${change.host}", and it is open: ${why}`);
    } else warning.push(`What you allowed for "${change.host}" is left out: ${why}`);
  }
  if (facts.upstreamProxy !== null) danger.push(describeProxy(facts.upstreamProxy));
  danger.push(...listCredentialed(facts), ...listExposed(facts));
  for (const { name, hosts } of facts.bundleNetworks) danger.push(describeNetwork(name, hosts));
  if (agent.shadows !== undefined) {
    info.push(`The agent hides another of the same name: "${agent.shadows}"`);
  }
  if (facts.extraCa !== null) {
    warning.push(`Upstreams may also be certified by "${facts.extraCa.file}"`);
  }
  return [
    ...danger.map((text) => ({ level: "danger" as const, text })),
    ...warning.map((text) => ({ level: "warning" as const, text })),
    ...info.map((text) => ({ level: "info" as const, text })),
  ];
}

function describeProxy({ host, port, noProxy }: UpstreamProxyPlan): string {
  const direct = noProxy.length === 0 ? "" : `, but for ${noProxy.join(", ")}`;
  return `Addresses are not checked: names are resolved by the company proxy "${host}:${port}"${direct}`;
}

function describeNetwork(name: string, hosts: readonly string[]): string {
  const reach = hosts.length === 0
    ? "no host may have a private address there"
    : `private addresses there are open for ${hosts.map((host) => `"${host}"`).join(", ")}`;
  return `The bundle joins the engine network "${name}": ${reach}`;
}

/** What was allowed, on a route that has a credential: it may have had none when the person said so. */
function listCredentialed({ routes, changes }: NoticeFacts): readonly string[] {
  const allowed = new Set(changes.map(({ action, host }) => action === "allow" ? host : null));
  return routes.flatMap(({ host, auth }) =>
    auth !== undefined && auth.scheme !== "agent" && allowed.has(host)
      ? [`What you allowed for "${host}" passes with the ${auth.scheme} credential of its route`]
      : []
  );
}

/** Forwarded variables that hold a credential: the guest gets it, and egress has nothing left to protect. */
function listExposed({ manifest, env }: NoticeFacts): readonly string[] {
  const credentials = new Set(
    listCredentials(manifest).map(({ value }) => value.kind === "env" ? value.name : null),
  );
  return listForwarded(manifest).flatMap(({ value, place }) =>
    credentials.has(value) || looksLikeCredential(env(value) ?? "")
      ? [`"${value}" is a credential, and the guest gets its value (${formatPlace(place)})`]
      : []
  );
}
