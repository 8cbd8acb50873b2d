/** What a person should know of a repository before saying yes. Sentences without a full stop. */

import { readingMethods } from "../egress/judge/reading_methods.ts";
import type { Route } from "../egress/route/route.ts";
import { fitsRefPattern } from "../git_gate/ref_name.ts";
import type { ManifestRepo, Sourced } from "../manifest/types.ts";
import { formatPlace } from "../manifest/problem.ts";
import { routesToHost } from "./routes_to_host.ts";

/** What {@linkcode gateDangers} and {@linkcode gateWarnings} look at. */
export interface GateFacts {
  readonly repo: Sourced<ManifestRepo>;
  /** All that egress lets through. */
  readonly routes: readonly Route[];
  /** Nothing but a company's proxy may lead out. */
  readonly hasProxy: boolean;
}

/** Shown in red: what git-gate then does not keep from the agent. */
export function gateDangers(
  { repo: { value, place }, routes }: Omit<GateFacts, "hasProxy">,
): readonly string[] {
  const { name, push } = value;
  return [
    ...push === "allow" && leavesMainOpen(value)
      ? [`Pushes to "${name}" may force or delete its main branch (${formatPlace(place)})`]
      : [],
    ...besides(value, routes).filter(({ auth }) => auth !== undefined).map(({ host, origin }) =>
      `"${host}" is open with a credential beside git-gate: a push to "${name}" by egress is not scanned as one (${origin})`
    ),
  ];
}

/** What will not work as somebody may think, or opens more than it seems. */
export function gateWarnings(
  { repo: { value, place }, routes, hasProxy }: GateFacts,
): readonly string[] {
  const { name, push, rules, key, upstream } = value;
  const where = formatPlace(place);
  return [
    ...push === "approve"
      ? [`Every push to "${name}" is refused: asking a person is not in this version (${where})`]
      : [],
    ...push === "allow" && rules.approve_paths.length > 0
      ? [
        `Pushes to "${name}" that change ${
          rules.approve_paths.join(", ")
        } are refused: asking a person is not in this version (${where})`,
      ]
      : [],
    ...hasProxy && upstream.scheme === "ssh"
      ? [
        `"${name}" is reached by ssh, which the company proxy does not carry: it needs a way of its own (${where})`,
      ]
      : [],
    ...key.provider === "static" && /\/\.ssh\/id_[a-z0-9_]+$/.test(key.path)
      ? [
        `The key "${key.path}" of "${name}" opens whatever else you can open: a deploy key of its own would open that only (${where})`,
      ]
      : [],
    ...besides(value, routes).filter(({ auth }) => auth === undefined).map(({ host, origin }) =>
      `"${host}" is open beside git-gate: what is sent to "${name}" by egress is not scanned as a push (${origin})`
    ),
  ];
}

const MAIN = ["refs/heads/main", "refs/heads/master"] as const;

/** A person who lists what is protected has to think of the branch that counts; which one it is, only the upstream knows. */
function leavesMainOpen({ rules }: ManifestRepo): boolean {
  const { protected: names, refs, force, delete: mayDelete } = rules;
  if (names === null || !force && !mayDelete) return false;
  const isPushable = MAIN.some((ref) => refs.some((pattern) => fitsRefPattern(pattern, ref)));
  return isPushable && !MAIN.some((ref) => names.some((pattern) => fitsRefPattern(pattern, ref)));
}

/** Routes to the upstream's own host by which something can be written. */
function besides({ upstream }: ManifestRepo, routes: readonly Route[]): readonly Route[] {
  return routesToHost(upstream.host, routes).filter(({ matches = [] }) =>
    matches.length === 0 ||
    matches.some(({ methods }) => methods?.some((method) => !readingMethods.has(method)) ?? true)
  );
}
