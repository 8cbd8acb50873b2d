/** A whole plan for unit tests, without manifests on disk. */

import type { CredentialSource } from "../../lib/manifest/credential.ts";
import type { BuiltImage } from "../../lib/image/types.ts";
import type { Manifest } from "../../lib/manifest/types.ts";
import { type EnvName, homeId, parseEnvName, parseSlug } from "../../lib/names.ts";
import type { AgentProvisionPlan } from "../../lib/plan/agent_plan.ts";
import { BottlePlan, type BottlePlanFields } from "../../lib/plan/plan.ts";

/** A variable's name that the test knows to be one. */
export function envName(text: string): EnvName {
  const name = parseEnvName(text);
  if (name === undefined) throw new Error(`not a variable's name: ${text}`);
  return name;
}

/** A credential that stands in a host variable. */
export function envSource(name: string): CredentialSource {
  return { kind: "env", name: envName(name) };
}

/** What {@linkcode fakeManifest} varies. */
export interface FakeManifest {
  readonly template?: string;
  /** A variable's name, or another source. */
  readonly authToken?: string | CredentialSource;
  readonly prompt?: string;
  readonly gitUser?: { readonly name?: string; readonly email?: string };
}

/** A manifest of an agent "demo" with a bottle "dev". */
export function fakeManifest(
  { template = "scripted", authToken, prompt = "Be careful.\n", gitUser = {} }: FakeManifest = {},
): Manifest {
  const place = { file: "/home/ann/.bot-bottle/bottles/dev.md", line: 3, column: 3 };
  const user = {
    ...gitUser.name === undefined ? {} : { name: { value: gitUser.name, place } },
    ...gitUser.email === undefined ? {} : { email: { value: gitUser.email, place } },
  };
  return {
    agent: {
      name: "demo",
      file: "/home/ann/.bot-bottle/agents/demo.md",
      origin: "home",
      skills: [],
      prompt,
    },
    bottle: {
      name: "dev",
      file: place.file,
      chain: [place.file],
      provider: {
        place,
        value: { template, ...authToken === undefined ? {} : { authToken: sourceOf(authToken) } },
      },
      env: new Map(),
      gitUser: user,
      repos: new Map(),
      routes: [],
      log: { value: "all", place },
      resources: { cpus: 2, memoryBytes: 4 * 1024 ** 3, pids: 512 },
      resourceSources: {},
    },
    gitUser: user,
  };
}

function sourceOf(authToken: string | CredentialSource): CredentialSource {
  return typeof authToken === "string" ? envSource(authToken) : authToken;
}

/** A provider's image, to be built. */
export function fakeImage(given: Partial<BuiltImage> = {}): BuiltImage {
  return {
    kind: "build",
    tag: "fake:1",
    dockerfile: "FROM scratch\n",
    file: null,
    origin: "provider scripted",
    args: {},
    context: null,
    candidates: [],
    rebuild: false,
    programs: [],
    ...given,
  };
}

/** An agent's plan that does nothing, with what the test needs otherwise. */
export function fakeAgentPlan(given: Partial<AgentProvisionPlan> = {}): AgentProvisionPlan {
  const command = { argv: ["true"], stdin: "none" } as const;
  return {
    provider: "scripted",
    guestHome: "/home/node",
    workFolder: "/home/node",
    instanceName: "bot-bottle-demo-ab12c-agent",
    promptFile: "/home/node/.bot-bottle/prompt.md",
    image: fakeImage(),
    env: {},
    files: [],
    commands: [],
    routes: [],
    skillsFolder: "/home/node/skills",
    launch: () => command,
    resume: () => command,
    headless: () => command,
    transcriptPaths: [],
    ...given,
  };
}

/** A plan of the bottle `demo-ab12c`. */
export function fakePlan(given: Partial<BottlePlanFields> = {}): BottlePlan {
  const manifest = given.manifest ?? fakeManifest();
  const home = "/home/ann/.bot-bottle";
  return new BottlePlan({
    slug: parseSlug("demo-ab12c"),
    label: null,
    home,
    homeId: homeId(home),
    backend: "docker",
    runtime: { asked: null, name: null, why: "chosen when it starts" },
    manifest,
    agent: fakeAgentPlan(),
    egress: {
      routes: [],
      baseRoutes: [],
      changes: [],
      tokens: [],
      log: "all",
      extraCa: null,
      placeholders: [],
      upstreamProxy: null,
      bundleNetworks: [],
    },
    gitGate: { user: manifest.gitUser, repos: [] },
    supervise: { enabled: false, why: "not in this version" },
    env: new Map(),
    skills: [],
    terminal: {},
    workspace: null,
    keep: false,
    notices: [],
    ...given,
  });
}
