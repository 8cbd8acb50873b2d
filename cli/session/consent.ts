/** What a person says yes to, as one value: `resume` asks again only if it has changed since. */

import { createHash } from "node:crypto";
import type { BottlePlan } from "../../lib/plan/plan.ts";

/** Where it leads, without what opens it. */
function describeProxy(proxy: BottlePlan["egress"]["upstreamProxy"]): readonly unknown[] | null {
  return proxy && [proxy.host, proxy.port, proxy.noProxy];
}

/** Where each is declared does not count, nor what its key's file holds. */
function describeRepos({ gitGate: { repos } }: BottlePlan): { readonly repos?: unknown } {
  if (repos.length === 0) return {};
  return {
    repos: repos.map(({ name, upstream, key, push, rules }) => [
      name,
      upstream,
      key.provider === "static" ? [key.provider, key.path] : key,
      push,
      rules,
    ]),
  };
}

/**
 * SHA-256, hex, over what widens or narrows a bottle or tells the agent what to do: routes, credentials, repositories, networks, environment,
 * prompt, skills, image, identity, limits, runtime. The slug and what is drawn at random are left out.
 */
export function consentDigest(plan: BottlePlan): string {
  const { manifest, egress, agent } = plan;
  const facts = {
    agent: [manifest.agent.name, manifest.agent.origin, manifest.agent.prompt],
    bottle: manifest.bottle.name,
    provider: agent.provider,
    image: agent.image.tag,
    routes: egress.baseRoutes,
    tokens: egress.tokens,
    extra_ca: egress.extraCa?.file ?? null,
    upstream_proxy: describeProxy(egress.upstreamProxy),
    networks: egress.bundleNetworks,
    log: egress.log,
    env: [...plan.fields.env],
    skills: plan.fields.skills,
    user: [manifest.gitUser.name?.value ?? null, manifest.gitUser.email?.value ?? null],
    resources: manifest.bottle.resources,
    ...describeRepos(plan),
    runtime: plan.fields.runtime.name,
  };
  return createHash("sha256").update(JSON.stringify(facts)).digest("hex");
}
