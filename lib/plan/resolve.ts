/** Second half of `prepare()`: from a valid manifest to a plan. */

import type { Context } from "../context.ts";
import { readCredentialFiles } from "../credential/files.ts";
import { type KeyedRepo, readStaticKeys } from "../credential/static_keys.ts";
import { findHomeId } from "../home_id.ts";
import { chooseImage, type ChosenImage, imageInUse } from "../image/choose.ts";
import type { Manifest } from "../manifest/types.ts";
import { readExtraCa } from "./extra_ca.ts";
import { makePlan } from "./make_plan.ts";
import type { BottlePlan } from "./plan.ts";
import type { Secret } from "../secret.ts";
import type { PlanProvider } from "./provider_plan.ts";
import type { BottleSpec } from "./spec.ts";
import { readUpstreamProxy } from "./upstream_proxy.ts";

/** What planning may touch, and the provider that the manifest names. */
export interface ResolveOptions extends Pick<Context, "env" | "random" | "home"> {
  /** The one that the manifest names. */
  readonly provider: PlanProvider;
}

/**
 * Makes the plan. Reads the operator's CA, credentials and keys that stand in files, the home's real path, and what the agent's
 * image is built from; starts no program, opens no socket.
 *
 * @throws {BottleError} `extra-ca`, `credential-file`, `credential-invalid`, `key-file`, what `chooseImage` says, `route-owned`,
 * `env-owned`, `provider-leak`, `upstream-proxy`, or what the provider says
 */
export async function resolvePlan(
  spec: BottleSpec,
  manifest: Manifest,
  { env, random, home, provider }: ResolveOptions,
): Promise<BottlePlan> {
  const [extraCa, homeId, fileCredentials, keyFiles, image] = await Promise.all([
    readExtraCa(env),
    findHomeId(home),
    spec.entering === undefined ? readCredentialFiles(manifest, env) : new Map<string, Secret>(),
    readStaticKeys(spec.entering === undefined ? listKeyed(manifest) : [], env),
    findImage(spec, manifest, { env, home, provider }),
  ]);
  return makePlan(spec, manifest, {
    env,
    random,
    home,
    homeId,
    provider,
    extraCa,
    upstreamProxy: readUpstreamProxy(env),
    fileCredentials,
    keyFiles,
    image,
  });
}

function listKeyed({ bottle: { repos } }: Manifest): readonly KeyedRepo[] {
  return [...repos.values()].map(({ value: { name, key }, place }) => ({ name, key, place }));
}

/** A bottle that exists needs no image any more: its Dockerfile may be gone, or another. */
async function findImage(
  spec: BottleSpec,
  manifest: Manifest,
  { env, home, provider }: Pick<ResolveOptions, "env" | "home" | "provider">,
): Promise<ChosenImage> {
  if (spec.imageInUse !== undefined) return imageInUse(spec.imageInUse);
  return await chooseImage({
    rebuild: spec.rebuild ?? false,
    choice: manifest.bottle.provider,
    provider,
    home,
    userHome: env("HOME"),
    ...(spec.image === undefined ? {} : { option: spec.image }),
    ...(spec.slug === undefined ? {} : { slug: spec.slug }),
  });
}
