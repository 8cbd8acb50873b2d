/** The effective values of a manifest, each with the place that it comes from. */

import { basename } from "node:path";
import type { SourcePlace } from "../../lib/errors.ts";
import type { RouteMatch } from "../../lib/egress/route/route.ts";
import { describeCredential } from "../../lib/manifest/credential.ts";
import { formatPlace } from "../../lib/manifest/problem.ts";
import type {
  EnvValue,
  Manifest,
  ManifestRepo,
  ManifestRoute,
  Sourced,
} from "../../lib/manifest/types.ts";
import { keyText, repoDetails } from "../../lib/plan/gate_text.ts";
import { limitsText } from "../../lib/plan/route_text.ts";
import { sizeText } from "../../lib/size_text.ts";

/** One effective value. Snake case: `info --json` prints it. */
export interface EffectiveValue {
  /** As a path into the manifest: `egress.routes[api.github.com]`. */
  readonly key: string;
  readonly value: string;
  /** `file:line:column`, or why there is none. */
  readonly from: string;
  /** No file says it. */
  readonly is_default: boolean;
  readonly file: string | null;
  readonly line: number | null;
  readonly column: number | null;
}

/** Every value that counts, defaults too; credentials by where they come from, never by value. */
export function effectiveValues(manifest: Manifest): readonly EffectiveValue[] {
  const { agent, bottle, gitUser } = manifest;
  const { provider, resources, resourceSources } = bottle;
  const { template, authToken } = provider.value;
  return [
    ofBottle(manifest),
    ...bottle.chain.slice(0, -1).map((file, at) =>
      row(`extends[${at}]`, basename(file, ".md"), place({ file }))
    ),
    row("prompt", sizeText(new TextEncoder().encode(agent.prompt).length), {
      ...place({ file: agent.file }),
    }),
    ...agent.skills.map((skill) => entry(`skills[${skill.value}]`, skill, (name) => name)),
    entry("agent_provider.template", provider, () => template),
    ...(authToken === undefined
      ? []
      : [entry("agent_provider.auth_token", provider, () => `← ${describeCredential(authToken)}`)]),
    ...some("agent_provider.dockerfile", provider.value.dockerfile, (file) => file),
    ...some("agent_provider.image", provider.value.image, (image) => image),
    ...some("agent_provider.version", provider.value.version, (version) => version),
    ...[...bottle.env].map(([name, value]) => entry(`env.${name}`, value, envText)),
    ...[...bottle.repos.values()].map((repo) =>
      entry(`git-gate.repos.${repo.value.name}`, repo, repoValue)
    ),
    ...bottle.routes.map((route) => entry(`egress.routes[${route.value.host}]`, route, routeText)),
    // A default has no line: nobody wrote it.
    bottle.log.place.line === undefined
      ? byDefault("egress.log", bottle.log.value)
      : entry("egress.log", bottle.log, (log) => log),
    orDefault("resources.cpus", resourceSources.cpus, resources.cpus, String),
    orDefault("resources.memory", resourceSources.memoryBytes, resources.memoryBytes, sizeText),
    orDefault("resources.pids", resourceSources.pids, resources.pids, String),
    ...some("git-gate.user.name", gitUser.name, (name) => name),
    ...some("git-gate.user.email", gitUser.email, (email) => email),
    orDefault("supervise", bottle.supervise, false, String),
  ];
}

function ofBottle({ agent, bottle }: Manifest): EffectiveValue {
  return agent.bottle?.value === bottle.name
    ? entry("bottle", agent.bottle, (name) => name)
    : row("bottle", bottle.name, { ...NOWHERE, from: "--bottle" });
}

type Provenance = Omit<EffectiveValue, "key" | "value">;

const NOWHERE = { is_default: false, file: null, line: null, column: null } as const;

function place(at: SourcePlace): Provenance {
  return {
    from: formatPlace(at),
    is_default: false,
    file: at.file,
    line: at.line ?? null,
    column: at.column ?? null,
  };
}

function row(key: string, value: string, provenance: Provenance): EffectiveValue {
  return { key, value, ...provenance };
}

function byDefault(key: string, value: string): EffectiveValue {
  return row(key, value, { ...NOWHERE, from: "default", is_default: true });
}

function entry<T>(key: string, sourced: Sourced<T>, text: (value: T) => string): EffectiveValue {
  return row(key, text(sourced.value), place(sourced.place));
}

function some<T>(
  key: string,
  sourced: Sourced<T> | undefined,
  text: (value: T) => string,
): readonly EffectiveValue[] {
  return sourced === undefined ? [] : [entry(key, sourced, text)];
}

function orDefault<T>(
  key: string,
  sourced: Sourced<T> | undefined,
  otherwise: T,
  text: (value: T) => string,
): EffectiveValue {
  return sourced === undefined ? byDefault(key, text(otherwise)) : entry(key, sourced, text);
}

function repoValue({ url, key, upstream, push, rules }: ManifestRepo): string {
  return [url, `key ${keyText(key)}`, repoDetails({ upstream, push, rules })].join("; ");
}

function routeText(route: ManifestRoute): string {
  const { ports, matches = [], auth, allow_private, limits, tls } = route;
  return [
    ...(ports === undefined ? [] : [`ports ${ports.join(", ")}`]),
    matches.length === 0 ? "everything" : matches.map(matchText).join(" or "),
    authText(auth),
    ...(limits === undefined ? [] : [limitsText(limits)]),
    ...(tls === undefined ? [] : [`tls ${tls}`]),
    ...(allow_private === true ? ["private addresses"] : []),
  ].join("; ");
}

function authText(auth: ManifestRoute["auth"]): string {
  if (auth === undefined) return "no credential";
  return auth.scheme === "agent"
    ? "the agent's own credentials"
    : `${auth.scheme} ← ${describeCredential(auth.token_ref)}`;
}

function matchText({ methods, paths, headers }: RouteMatch): string {
  const parts = [
    methods?.join(",") ?? "",
    paths?.map(({ type, value }) => `${type} ${value}`).join(", ") ?? "",
    headers?.map(({ name, type, value }) => `${name} ${type} ${value}`).join(", ") ?? "",
  ];
  return parts.filter((part) => part !== "").join(" ") || "everything";
}

function envText(value: EnvValue): string {
  switch (value.kind) {
    case "literal":
      return value.value;
    case "host":
      return `← ${value.name}`;
    case "ask":
      return `asked: ${value.question}`;
    default:
      return value satisfies never;
  }
}
