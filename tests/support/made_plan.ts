/** A provider and a plan for unit tests, without a file or a program. */

import { chooseImage } from "../../lib/image/choose.ts";
import { ManifestIndex } from "../../lib/manifest/index.ts";
import { readCredential } from "../../lib/manifest/credential.ts";
import { makePlan, type PlanParts } from "../../lib/plan/make_plan.ts";
import type { BottlePlan } from "../../lib/plan/plan.ts";
import type { PlanProvider, ProviderPlan } from "../../lib/plan/provider_plan.ts";
import type { BottleSpec } from "../../lib/plan/spec.ts";
import { homeId } from "../../lib/names.ts";

/** What a fake provider's plan is, where a test gives nothing else. */
export const PROVIDER_PLAN: ProviderPlan = {
  promptFile: "/home/node/.prompt.md",
  env: {},
  files: [],
  commands: [],
  routes: [],
  skillsFolder: "/home/node/.skills",
  launch: (prompt) => ({ argv: ["agent", prompt ?? "none"], stdin: "terminal" }),
  resume: () => ({ argv: ["agent", "--continue"], stdin: "terminal" }),
  headless: () => ({ argv: ["agent", "-p"], stdin: "prompt" }),
  transcriptPaths: ["/home/node/.transcript"],
};

/** A provider whose plan is given; `claude` in name only. */
export function fakeProvider(
  plan: (context: Parameters<PlanProvider["plan"]>[0]) => Partial<ProviderPlan> = () => ({}),
): PlanProvider {
  return {
    name: "claude",
    guestHome: "/home/node",
    dockerfile: "FROM debian:trixie-slim\n",
    plan: (context) => ({ ...PROVIDER_PLAN, ...plan(context) }),
  };
}

/** A provider like the real one: one host, a path, the bottle's token, a placeholder. */
export const tokenProvider: PlanProvider = fakeProvider(({ manifest, placeholder }) => {
  const ref = manifest.bottle.provider.value.authToken ?? readCredential("CLAUDE_OAUTH");
  return {
    env: { CLAUDE_CODE_OAUTH_TOKEN: placeholder("sk-ant-oat01-") },
    files: [{ path: "/home/node/.config.json", content: "{}", mode: 0o600, owner: "node" }],
    commands: [{ argv: ["true"], purpose: "Nothing" }],
    routes: [{
      host: "api.anthropic.com",
      matches: [{ methods: ["POST"], paths: [{ type: "exact", value: "/v1/messages" }] }],
      ...(ref && { auth: { scheme: "bearer", token_ref: ref } }),
    }],
    imageArgs: { VERSION: "1" },
  };
});

/** What a test may give instead of the defaults. */
export interface MadePlanOptions {
  readonly bottle?: Readonly<Record<string, unknown>>;
  readonly agent?: Readonly<Record<string, unknown>>;
  readonly parents?: Readonly<Record<string, unknown>>;
  readonly spec?: Partial<BottleSpec>;
  readonly parts?: Partial<PlanParts>;
}

/** A plan of an agent `reviewer` in a bottle `dev`, made from objects; nothing in it is random. */
export async function madePlan(options: MadePlanOptions = {}): Promise<BottlePlan> {
  const { bottle = {}, agent = {}, parents = {}, spec = {}, parts = {} } = options;
  const manifest = ManifestIndex.fromObjects({
    bottles: { dev: { agent_provider: { template: "claude" }, ...bottle }, ...parents },
    agents: { reviewer: { bottle: "dev", prompt: "Be careful", ...agent } },
  });
  const loaded = await manifest.loadForAgent("reviewer");
  const provider = parts.provider ?? fakeProvider();
  const home = "/home/me/.bot-bottle";
  const { image: option } = spec;
  return makePlan(
    { manifest, agent: "reviewer", ...spec },
    loaded,
    {
      env: () => undefined,
      random: (length) => new Uint8Array(length),
      home,
      homeId: homeId(home),
      provider,
      extraCa: null,
      upstreamProxy: null,
      image: await chooseImage({
        rebuild: spec.rebuild ?? false,
        choice: loaded.bottle.provider,
        provider,
        home,
        userHome: undefined,
        ...(option === undefined ? {} : { option }),
      }),
      ...parts,
    },
  );
}
