/** Puts a plan together from parts that are all at hand. Pure but for what it draws at random. */

import type { ChosenImage } from "../image/choose.ts";
import type { StaticKeyFile } from "../credential/static_keys.ts";
import { planImage } from "../image/plan_image.ts";
import { isReservedEnv } from "../manifest/reserved_env.ts";
import { type Problem, problemsError } from "../manifest/problem.ts";
import { credentialKey, type CredentialSource } from "../manifest/credential.ts";
import type { EnvValue, Manifest } from "../manifest/types.ts";
import { type HomeId, makePlaceholder, makeSlug, resourceName } from "../names.ts";
import { Secret } from "../secret.ts";
import type { AgentProvisionPlan } from "./agent_plan.ts";
import { canonicalNetworks } from "./bundle_networks.ts";
import type { ExtraCa } from "./extra_ca.ts";
import { listCredentials } from "./host_variables.ts";
import { checkProviderPlan } from "./leak_check.ts";
import { makeNotices } from "./notices.ts";
import { BottlePlan, type GateRepoPlan } from "./plan.ts";
import { planPlaceholders } from "./placeholders.ts";
import type { PlanProvider, ProviderPlan } from "./provider_plan.ts";
import { replayChanges } from "../egress/route/route_log.ts";
import { planRoutes } from "./routes.ts";
import { plannedRuntime } from "./runtime.ts";
import { planSkills } from "./skills.ts";
import type { BottleSpec } from "./spec.ts";
import type { UpstreamProxyPlan } from "./upstream_proxy.ts";
import { planWorkspace } from "./workspace.ts";

/** The parts. */
export interface PlanParts {
  readonly env: (name: string) => string | undefined;
  readonly random: (length: number) => Uint8Array;
  /** Absolute. */
  readonly home: string;
  readonly homeId: HomeId;
  readonly provider: PlanProvider;
  readonly extraCa: ExtraCa | null;
  readonly upstreamProxy: UpstreamProxyPlan | null;
  /** What the cascade came to. */
  readonly image: ChosenImage;
  /** Credentials that stand in files, by `credentialKey`: a provider tells their kind by their value. */
  readonly fileCredentials?: ReadonlyMap<string, Secret>;
  /** What the files of static keys show, by the repository's name. */
  readonly keyFiles?: ReadonlyMap<string, Pick<StaticKeyFile, "fingerprint">>;
}

/** @throws {BottleError} `route-owned`, `env-owned`, `provider-leak`, or what the provider says */
export function makePlan(spec: BottleSpec, manifest: Manifest, parts: PlanParts): BottlePlan {
  const { env, random, home, provider, extraCa, upstreamProxy } = parts;
  const slug = spec.slug ?? makeSlug(manifest.agent.name, random);
  const instanceName = resourceName(slug, "agent");
  const workspace = spec.workspace === undefined
    ? null
    : planWorkspace(spec.workspace, { slug, guestHome: provider.guestHome, manifest });
  const workFolder = workspace?.guestFolder ?? provider.guestHome;
  const credential = (source: CredentialSource): Secret | undefined =>
    source.kind === "env"
      ? wrap(env(source.name))
      : parts.fileCredentials?.get(credentialKey(source));
  const drawn: string[] = [];
  const asked = provider.plan({
    slug,
    workFolder,
    instanceName,
    manifest,
    credential,
    credentialType: spec.entering?.credentialType ?? null,
    placeholder: (prefix) => {
      const placeholder = makePlaceholder(prefix, slug, random);
      drawn.push(placeholder);
      return placeholder;
    },
  });
  checkEnv(manifest, provider.name, asked);
  const values = listCredentials(manifest).flatMap(({ value }) => credential(value) ?? []);
  checkProviderPlan(provider.name, asked, values.map((value) => value.reveal()));
  const { routes: baseRoutes, tokens } = planRoutes({
    provider: provider.name,
    providerRoutes: asked.routes,
    manifestRoutes: manifest.bottle.routes,
  });
  const changes = spec.routeChanges ?? [];
  // Planning has no clock: whoever asks has left out what has expired, and egress judges by its own.
  const { routes, misfits } = replayChanges(baseRoutes, changes, 0);
  const bundleNetworks = canonicalNetworks(spec.bundleNetworks ?? []);
  return new BottlePlan({
    slug,
    label: spec.label ?? null,
    home,
    homeId: parts.homeId,
    backend: "docker",
    runtime: plannedRuntime(spec.runtime),
    manifest,
    agent: makeAgentPlan(asked, parts, { workFolder, instanceName }),
    egress: {
      routes,
      baseRoutes,
      changes,
      tokens,
      placeholders: planPlaceholders({
        drawn,
        env: [...manifest.bottle.env.values()].map(({ value }) => value),
        routes: baseRoutes,
      }),
      log: manifest.bottle.log.value,
      extraCa,
      upstreamProxy,
      bundleNetworks,
    },
    gitGate: {
      user: manifest.gitUser,
      repos: planRepos(manifest, parts.keyFiles ?? new Map()),
    },
    supervise: { enabled: false, why: describeSupervise(manifest) },
    env: new Map(
      [...manifest.bottle.env].map(([name, { value }]): [string, EnvValue] => [name, value]),
    ),
    skills: planSkills(manifest, home),
    terminal: cleanTerminal(spec.terminal ?? {}),
    workspace,
    keep: spec.keep ?? false,
    notices: makeNotices({
      manifest,
      routes,
      changes,
      misfits,
      bundleNetworks,
      extraCa,
      upstreamProxy,
      warnings: spec.manifest.warnings,
      env,
    }),
  });
}

function makeAgentPlan(
  asked: ProviderPlan,
  { provider, image, extraCa }: PlanParts,
  place: Pick<AgentProvisionPlan, "workFolder" | "instanceName">,
): AgentProvisionPlan {
  const { imageArgs: args = {}, ...rest } = asked;
  const { name, guestHome } = provider;
  const extraCaPem = extraCa?.pem ?? null;
  return {
    ...rest,
    ...place,
    provider: name,
    guestHome,
    image: planImage(image, { provider: name, args, extraCaPem }),
  };
}

function planRepos(
  { bottle: { repos } }: Manifest,
  keyFiles: NonNullable<PlanParts["keyFiles"]>,
): readonly GateRepoPlan[] {
  return [...repos.values()].map(({ value, place }) => {
    const fingerprint = keyFiles.get(value.name)?.fingerprint;
    const { key } = value;
    return key.provider === "static" && typeof fingerprint === "string"
      ? { ...value, key: { ...key, fingerprint }, place }
      : { ...value, place };
  });
}

/** A manifest's variable that the provider sets too: which one holds would be a guess. */
function checkEnv({ bottle }: Manifest, provider: string, asked: ProviderPlan): void {
  const problems = Object.keys(asked.env).flatMap((name): Problem[] => {
    const { place } = bottle.env.get(name) ?? {};
    if (place === undefined) return [];
    return [{
      message: `The variable "${name}" is set by the provider "${provider}"`,
      place,
      hint: "Remove it from env",
      code: "env-owned",
    }];
  });
  if (problems.length > 0) throw problemsError(`bottle "${bottle.name}"`, problems);
}

function describeSupervise({ bottle }: Manifest): string {
  return bottle.supervise === undefined
    ? "not in this version: the agent can't ask for more than it has"
    : "the bottle says so";
}

/** The person's terminal is not the agent's to be tricked by, nor to override what the bottle sets. */
function cleanTerminal(
  terminal: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(terminal).filter(([name, value]) =>
      !isReservedEnv(name) && /^[\x20-\x7e]{1,200}$/.test(value)
    ),
  );
}

function wrap(value: string | undefined): Secret | undefined {
  return value === undefined || value === "" ? undefined : new Secret(value);
}
