/** Routes of a plan: the provider's and the manifest's as one list, credentials as slots. */

import type {
  AgentAuth,
  AuthScheme,
  Route,
  RouteAuth,
  RouteMatch,
  TokenSlot,
} from "../egress/route/route.ts";
import { compileRoutes } from "../egress/route/route_table.ts";
import type { SourcePlace } from "../errors.ts";
import { formatPlace, type Problem, problemsError } from "../manifest/problem.ts";
import type { ManifestRoute, Sourced } from "../manifest/types.ts";
import { credentialKey, type CredentialSource } from "../manifest/credential.ts";
import type { CredentialShape, ProviderRoute } from "./agent_plan.ts";
import type { TokenPlan } from "./plan.ts";

/** What {@linkcode planRoutes} takes. */
export interface RouteSources {
  readonly provider: string;
  readonly providerRoutes: readonly ProviderRoute[];
  readonly manifestRoutes: readonly Sourced<ManifestRoute>[];
}

/** Routes, and which credential each slot stands for. */
export interface PlannedRoutes {
  readonly routes: readonly Route[];
  readonly tokens: readonly TokenPlan[];
}

/**
 * Provider's routes first, then the manifest's. A provider owns its hosts: a manifest may only add `matches` to them.
 * Slots are numbered from 1 in the order in which credentials first appear.
 *
 * @throws {BottleError} `route-owned` with all that touch a provider's host otherwise; `route-invalid`
 */
export function planRoutes(
  { provider, providerRoutes, manifestRoutes }: RouteSources,
): PlannedRoutes {
  const problems = manifestRoutes.flatMap((route) => findOwned(route, provider, providerRoutes));
  if (problems.length > 0) throw problemsError(`the bottle's routes`, problems);

  const tokens = new Map<string, TokenPlan>();
  const slotOf = ({ token_ref: ref, expects }: NamedCredential): TokenSlot => {
    const key = credentialKey(ref);
    const known = tokens.get(key) ?? { slot: `EGRESS_TOKEN_${tokens.size + 1}`, ref };
    tokens.set(key, { ...known, ...(expects && { expects }) });
    return known.slot;
  };
  const added = new Map(manifestRoutes.map((route) => [route.value.host, route]));
  const own = providerRoutes.map((provided) => {
    const route = { ...provided, provider: true as const };
    const more = added.get(route.host);
    added.delete(route.host);
    const origin = `provider ${provider}`;
    if (more === undefined) return makeRoute(route, origin, slotOf);
    const matches = orMatches(route.matches, more.value.matches);
    return makeRoute({ ...route, matches }, `${origin}, ${printOrigin(more.place)}`, slotOf);
  });
  const others = [...added.values()].map((route) =>
    makeRoute(route.value, printOrigin(route.place), slotOf)
  );
  const routes = [...own, ...others];
  // What only all of them together can show, such as too many expressions, is said before anything starts.
  compileRoutes(routes);
  return {
    routes,
    tokens: [...tokens.values()],
  };
}

/** Absent or empty is "every request", and so is that OR anything. */
function orMatches(
  first: readonly RouteMatch[] = [],
  second: readonly RouteMatch[] = [],
): readonly RouteMatch[] {
  return first.length === 0 ? [] : [...first, ...second];
}

function findOwned(
  { value, place }: Sourced<ManifestRoute>,
  provider: string,
  owned: readonly ProviderRoute[],
): readonly Problem[] {
  const owner = owned.find(({ host }) =>
    host === value.host || host.startsWith("*.") && value.host.endsWith(host.slice(1))
  );
  if (owner === undefined) return [];
  const problem = (message: string): readonly Problem[] => [{
    message: `The host "${value.host}" belongs to the provider "${provider}": ${message}`,
    place,
    hint:
      "Write only host and matches, such as matches: [{ paths: [{ type: prefix, value: /v1/models }] }]",
    code: "route-owned",
  }];
  if (owner.host !== value.host) return problem(`it is part of "${owner.host}"`);
  const { host: _, matches, ...others } = value;
  const [key] = Object.keys(others);
  if (key !== undefined) return problem(`"${key}" is not yours to say`);
  // Without matches it would open every path under the provider's credential: that must be written out.
  return (matches ?? []).length === 0 ? problem("a route without matches adds nothing") : [];
}

/** The part of a route's `auth` that says which credential. */
interface NamedCredential {
  readonly token_ref: CredentialSource;
  readonly expects?: CredentialShape;
}

type SlotOf = (named: NamedCredential) => TokenSlot;

type RouteInput = Omit<ProviderRoute, "auth"> & {
  readonly auth?: (AuthScheme & NamedCredential) | AgentAuth;
} & Pick<Route, "allow_private" | "limits" | "tls" | "provider">;

function makeRoute(input: RouteInput, origin: string, slotOf: SlotOf): Route {
  const { host, ports, matches = [], auth, allow_private, limits, tls, provider } = input;
  return {
    host,
    ...(ports && { ports }),
    ...(matches.length > 0 && { matches }),
    ...(auth && { auth: makeAuth(auth, slotOf) }),
    ...(allow_private && { allow_private }),
    ...(limits && { limits }),
    ...(tls && { tls }),
    ...(provider && { provider }),
    origin,
  };
}

function makeAuth(
  scheme: (AuthScheme & NamedCredential) | AgentAuth,
  slotOf: SlotOf,
): RouteAuth {
  if (scheme.scheme === "agent") return { scheme: scheme.scheme };
  const token = slotOf(scheme);
  switch (scheme.scheme) {
    case "bearer":
    case "token":
      return { scheme: scheme.scheme, token };
    case "basic":
      return { scheme: scheme.scheme, username: scheme.username, token };
    case "header":
      return { scheme: scheme.scheme, header: scheme.header, token };
  }
  return scheme satisfies never;
}

function printOrigin(place: SourcePlace): string {
  const { file, line } = place;
  return `manifest ${formatPlace(line === undefined ? { file } : { file, line })}`;
}
