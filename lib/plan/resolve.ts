/** Second half of `prepare()`: from a valid manifest to a plan. */

import type { Context } from "../context.ts";
import type { Manifest } from "../manifest/types.ts";
import { homeId } from "../names.ts";
import { readExtraCa } from "./extra_ca.ts";
import { makePlan } from "./make_plan.ts";
import type { BottlePlan } from "./plan.ts";
import type { PlanProvider } from "./provider_plan.ts";
import type { BottleSpec } from "./spec.ts";

/** What planning may touch, and the provider that the manifest names. */
export interface ResolveOptions extends Pick<Context, "env" | "random" | "home"> {
  /** The one that the manifest names. */
  readonly provider: PlanProvider;
}

/**
 * Makes the plan. Reads the operator's CA and the home's real path; starts no program, opens no socket.
 *
 * @throws {BottleError} `extra-ca`, `route-owned`, `env-owned`, `provider-leak`, or what the provider says
 */
export async function resolvePlan(
  spec: BottleSpec,
  manifest: Manifest,
  { env, random, home, provider }: ResolveOptions,
): Promise<BottlePlan> {
  const [extraCa, realHome] = await Promise.all([readExtraCa(env), realPath(home)]);
  return makePlan(spec, manifest, {
    env,
    random,
    home,
    homeId: homeId(realHome),
    provider,
    extraCa,
  });
}

/** A home that isn't there yet, as with manifests from objects, is its own real path. */
async function realPath(home: string): Promise<string> {
  try {
    return await Deno.realPath(home);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return home;
    throw error;
  }
}
