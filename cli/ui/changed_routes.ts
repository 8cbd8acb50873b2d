/** What `allow` and `deny` print. */

import { escapeControl } from "../../lib/egress/escape.ts";
import { routeText } from "../../lib/plan/route_text.ts";
import type { Services } from "../command.ts";
import type { ChangedHost, ChangedRoutes } from "../session/change_routes.ts";
import { routesYaml } from "./route_yaml.ts";
import { styleOf } from "./style.ts";

/** Prints the rules that came of it, and what the manifest needs for them to be kept. */
export function printChangedRoutes(
  { context: { out }, settings }: Services,
  changed: ChangedRoutes,
  json: boolean,
): void {
  if (json) {
    out.stdout(`${JSON.stringify(toJson(changed))}\n`);
    return;
  }
  for (const host of changed.hosts) out.stdout(`${escapeControl(ruleLine(host))}\n`);
  const style = styleOf(out);
  for (const warning of changed.hosts.flatMap(warnings)) {
    out.stderr(`${style.yellow(escapeControl(`! ${warning}`))}\n`);
  }
  const isChanged = changed.hosts.some((host) => host.isChanged);
  if (settings.quiet || !isChanged) return;
  if (changed.revision === null) {
    out.stderr("The bottle does not run: it holds from its next `bot-bottle resume` on\n");
  }
  out.stderr(keepText(changed));
}

function ruleLine({ change, isChanged, route }: ChangedHost): string {
  if (change.action === "deny") {
    return isChanged ? `denied   ${change.host}` : `no route ${change.host}: it was not allowed`;
  }
  // Without a route of its own a wildcard lets it through.
  const rule = route === null ? change.host : routeText(route);
  return isChanged ? `allowed  ${rule}` : `already  ${rule}`;
}

function warnings({ change, isChanged, route, before }: ChangedHost): readonly string[] {
  if (!isChanged) return [];
  if (change.action === "allow") {
    return route?.auth === undefined ? [] : [
      route.auth.scheme === "agent"
        ? `The agent's own credentials pass to "${route.host}" with these requests too`
        : `The ${route.auth.scheme} credential of "${route.host}" goes out with these requests too`,
    ];
  }
  const isProviders = before?.origin.startsWith("provider ") === true;
  return [
    ...(isProviders ? [`The agent program itself needs "${change.host}"`] : []),
    ...(before?.auth === undefined
      ? []
      : [`Allowing "${change.host}" again brings no credential back: a new bottle has it`]),
  ];
}

function keepText({ slug, hosts, manifest }: ChangedRoutes): string {
  const made = hosts.filter(({ isChanged }) => isChanged);
  const allowed = made.flatMap(({ change }) => change.action === "allow" ? [change] : []);
  const written = made.flatMap(({ change, before }) =>
    change.action === "deny" && before !== null && before.origin !== "allow"
      ? [`  ${before.host}: ${before.origin.replace(/, allow$/, "")}\n`]
      : []
  );
  const routed = new Set(made.flatMap(({ before }) => before === null ? [] : [before.host]));
  const text = `Kept for ${slug} alone. ` +
    (allowed.length > 0
      ? `For every bottle: in the head of ${
        manifest === null ? "its manifest" : `"${manifest}"`
      }, one route a host\n\n${routesYaml(allowed, routed)}`
      : written.length > 0
      ? `For every bottle, take it out where it is written\n${written.join("")}`
      : "No manifest has it\n");
  return text.split("\n").map(escapeControl).join("\n");
}

function toJson({ slug, revision, hosts, manifest }: ChangedRoutes): unknown {
  const allowed = hosts.flatMap(({ change }) => change.action === "allow" ? [change] : []);
  return {
    slug,
    revision,
    hosts: hosts.map(({ change, isChanged, route }) => ({
      host: change.host,
      action: change.action,
      changed: isChanged,
      route,
    })),
    manifest: {
      file: manifest,
      yaml: allowed.length === 0 ? null : routesYaml(allowed),
    },
  };
}
