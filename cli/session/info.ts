/** `info`: a plan, and the file that each value comes from. */

import { BottleError } from "../../lib/errors.ts";
import { ManifestIndex } from "../../lib/manifest/index.ts";
import { describeCredential } from "../../lib/manifest/credential.ts";
import { formatPlace } from "../../lib/manifest/problem.ts";
import type { EnvValue, Manifest, Sourced } from "../../lib/manifest/types.ts";
import { parseSlug } from "../../lib/names.ts";
import type { BottlePlan } from "../../lib/plan/plan.ts";
import type { Services } from "../command.ts";
import { type BottleRequest, prepareBottle, requestOf } from "./prepare.ts";

/** One effective value. */
export interface EffectiveValue {
  /** As a path into the manifest: `egress.routes[api.github.com]`. */
  readonly key: string;
  readonly value: string;
  /** `file:line:column` */
  readonly from: string;
}

/** What there is to say about an agent or a bottle. */
export interface Info {
  readonly manifest: Manifest;
  readonly values: readonly EffectiveValue[];
  /** Null where it can't be made now, as when a host variable is not set. */
  readonly plan: BottlePlan | null;
  readonly problem: BottleError | null;
}

/** @param name an agent's, or the slug of a bottle that is remembered */
export async function describe(services: Services, name: string): Promise<Info> {
  const { context } = services;
  const request = await requestFor(services, name);
  const index = await ManifestIndex.load({ home: context.home, cwd: request.cwd ?? context.cwd });
  const manifest = await index.loadForAgent(
    request.agent,
    request.bottle === undefined ? {} : { bottle: request.bottle },
  );
  const values = effectiveValues(manifest);
  try {
    const plan = await prepareBottle(context, await services.backend(), request);
    return { manifest, values, plan, problem: null };
  } catch (error) {
    if (!(error instanceof BottleError)) throw error;
    return { manifest, values, plan: null, problem: error };
  }
}

async function requestFor(services: Services, name: string): Promise<BottleRequest> {
  const known = await services.states.all();
  if (known.corrupted.some((each) => each.name === name)) {
    return requestOf(await services.states.read(parseSlug(name)));
  }
  const state = known.states.find((each) => each.slug === name);
  if (state !== undefined) return requestOf(state);
  return { agent: name };
}

/** Every value that a manifest sets, with its place; credentials by name only. */
export function effectiveValues(manifest: Manifest): readonly EffectiveValue[] {
  const { agent, bottle, gitUser } = manifest;
  const { template, authToken } = bottle.provider.value;
  return [
    ...some("bottle", agent.bottle, (name) => name),
    ...agent.skills.map((skill) => entry(`skills[${skill.value}]`, skill, (name) => name)),
    entry(
      "agent_provider",
      bottle.provider,
      () =>
        authToken === undefined
          ? template
          : `${template}, auth_token ← ${describeCredential(authToken)}`,
    ),
    ...[...bottle.env].map(([name, value]) => entry(`env.${name}`, value, envText)),
    ...bottle.routes.map((route) =>
      entry(
        `egress.routes[${route.value.host}]`,
        route,
        ({ auth }) =>
          auth === undefined
            ? "no credential"
            : `${auth.scheme} ← ${describeCredential(auth.token_ref)}`,
      )
    ),
    entry("egress.log", bottle.log, (log) => log),
    ...some("git-gate.user.name", gitUser.name, (name) => name),
    ...some("git-gate.user.email", gitUser.email, (email) => email),
    ...some("supervise", bottle.supervise, (on) => `${on}`),
  ];
}

function entry<T>(key: string, sourced: Sourced<T>, text: (value: T) => string): EffectiveValue {
  return { key, value: text(sourced.value), from: formatPlace(sourced.place) };
}

function some<T>(
  key: string,
  sourced: Sourced<T> | undefined,
  text: (value: T) => string,
): readonly EffectiveValue[] {
  return sourced === undefined ? [] : [entry(key, sourced, text)];
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
