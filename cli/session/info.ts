/** `info`: a plan, and the file that each value comes from. */

import type { InForce } from "../../backends/backend.ts";
import type { RoutesResult } from "../../lib/control/protocol.ts";
import { BottleError } from "../../lib/errors.ts";
import { ManifestIndex } from "../../lib/manifest/index.ts";
import type { Manifest } from "../../lib/manifest/types.ts";
import { parseSlug, type Slug } from "../../lib/names.ts";
import { droppedLimits, type LimitName } from "../../lib/plan/limits.ts";
import type { BottlePlan } from "../../lib/plan/plan.ts";
import type { Services } from "../command.ts";
import { type EffectiveValue, effectiveValues } from "./effective.ts";
import { type BottleRequest, prepareBottle, requestOf } from "./prepare.ts";
import { routesInForce } from "./routes_in_force.ts";

/** What the engine says of a bottle that is there. */
export interface Held extends InForce {
  /** Limits that the manifest asks for and the engine doesn't hold. */
  readonly dropped: readonly LimitName[];
}

/** How long the engine may take to tell of a bottle. */
const ASK_MS = 5000;

/** What there is to say about an agent or a bottle. */
export interface Info {
  readonly manifest: Manifest;
  readonly values: readonly EffectiveValue[];
  /** Null where it can't be made now, as when a host variable is not set. */
  readonly plan: BottlePlan | null;
  readonly problem: BottleError | null;
  /** What a running bottle may reach now; null of any other. */
  readonly routes: RoutesResult | null;
  /** What really holds; null: it is no bottle, or the engine can't tell. */
  readonly held: Held | null;
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
  const { slug } = request;
  const [routes, held] = slug === undefined
    ? [null, null]
    : await Promise.all([routesInForce(services, slug), whatHolds(services, slug, manifest)]);
  try {
    const plan = await prepareBottle(context, await services.backend(), request);
    return { manifest, values, plan, problem: null, routes, held };
  } catch (error) {
    if (!(error instanceof BottleError)) throw error;
    return { manifest, values, plan: null, problem: error, routes, held };
  }
}

/** Info is of use without an engine too. */
async function whatHolds(
  services: Services,
  slug: Slug,
  { bottle }: Manifest,
): Promise<Held | null> {
  const { signal } = services.context;
  const limit = AbortSignal.any([signal, AbortSignal.timeout(ASK_MS)]);
  try {
    const inForce = await (await services.backend()).inForce(slug, limit);
    return { ...inForce, dropped: droppedLimits(bottle.resources, inForce.limits) };
  } catch {
    signal.throwIfAborted();
    return null;
  }
}

/** The request of an agent by its name, or of a bottle by its slug. */
export async function requestFor(services: Services, name: string): Promise<BottleRequest> {
  const known = await services.states.all();
  if (known.corrupted.some((each) => each.name === name)) {
    return requestOf(await services.states.read(parseSlug(name)));
  }
  const state = known.states.find((each) => each.slug === name);
  if (state !== undefined) return requestOf(state);
  return { agent: name };
}
