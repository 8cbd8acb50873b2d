/** A plan as JSON of ours: snake case, names of variables and never their values. */

import { createHash } from "node:crypto";
import { imageToJson } from "../image/describe.ts";
import type { RouteMatch } from "../egress/route/route.ts";
import type { RouteChange } from "../egress/route/route_change.ts";
import { formatPlace } from "../manifest/problem.ts";
import type { EnvValue, GitUser, Sourced } from "../manifest/types.ts";
import type { AgentCommand, AgentProvisionPlan } from "./agent_plan.ts";
import { credentialToJson } from "./credential_json.ts";
import { gateRepoToJson } from "./gate_repo_json.ts";
import type { BottlePlanFields } from "./plan.ts";
import type { UpstreamProxyPlan } from "./upstream_proxy.ts";
import { workspaceToJson } from "./workspace.ts";

/** JSON as a type. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };

/** Version of the shape, in the JSON as `schema`; counts up when a key changes its meaning. */
export const PLAN_SCHEMA = 1;

/** The plan for `--dry-run --json`, `info --json` and `JSON.stringify`. */
export function planToJson(plan: BottlePlanFields): Readonly<Record<string, Json>> {
  const { manifest, agent, egress } = plan;
  return {
    schema: PLAN_SCHEMA,
    slug: plan.slug,
    label: plan.label,
    home: plan.home,
    home_id: plan.homeId,
    backend: plan.backend,
    runtime: { asked: plan.runtime.asked, name: plan.runtime.name, why: plan.runtime.why },
    keep: plan.keep,
    agent: {
      name: manifest.agent.name,
      file: manifest.agent.file,
      origin: manifest.agent.origin,
      shadows: manifest.agent.shadows ?? null,
      prompt_bytes: new TextEncoder().encode(manifest.agent.prompt).length,
      prompt_sha256: sha256(manifest.agent.prompt),
      skills: plan.skills.map(({ name, folder }) => ({ name, folder })),
    },
    bottle: {
      name: manifest.bottle.name,
      file: manifest.bottle.file,
      chain: [...manifest.bottle.chain],
      resources: {
        cpus: manifest.bottle.resources.cpus,
        memory_bytes: manifest.bottle.resources.memoryBytes,
        pids: manifest.bottle.resources.pids,
      },
    },
    provider: providerToJson(agent),
    env: [...plan.env].map(([name, value]) => envToJson(name, value)),
    terminal: Object.keys(plan.terminal).sort(),
    egress: {
      log: egress.log,
      routes: egress.routes.map((route) => ({
        host: route.host,
        ports: route.ports ? [...route.ports] : null,
        matches: (route.matches ?? []).map(matchToJson),
        auth: route.auth ? { ...route.auth } : null,
        allow_private: route.allow_private ?? false,
        limits: route.limits ? { ...route.limits } : null,
        tls: route.tls ?? "intercept",
        provider: route.provider ?? false,
        origin: route.origin,
      })),
      tokens: egress.tokens.map(({ slot, ref, expects }) => ({
        slot,
        source: credentialToJson(ref),
        begins_with: expects?.prefix ?? null,
      })),
      route_changes: egress.changes.map(changeToJson),
      extra_ca_file: egress.extraCa?.file ?? null,
      upstream_proxy: proxyToJson(egress.upstreamProxy),
      bundle_networks: egress.bundleNetworks.map(({ name, hosts }) => ({
        name,
        hosts: [...hosts],
      })),
    },
    git_gate: {
      user: userToJson(plan.gitGate.user),
      repos: plan.gitGate.repos.map(gateRepoToJson),
    },
    supervise: { enabled: plan.supervise.enabled, why: plan.supervise.why },
    workspace: workspaceToJson(plan.workspace),
    notices: plan.notices.map(({ level, text }) => ({ level, text })),
  };
}

function matchToJson({ methods, paths, headers, expires_at }: RouteMatch): Json {
  return {
    methods: methods ? [...methods] : null,
    paths: paths ? paths.map(({ type, value }) => ({ type, value })) : null,
    headers: headers ? headers.map(({ name, type, value }) => ({ name, type, value })) : null,
    expires_at: expires_at ?? null,
  };
}

function changeToJson(change: RouteChange): Json {
  const { action, host, at } = change;
  if (action === "deny") return { action, host, at };
  return {
    action,
    host,
    ports: change.ports && [...change.ports],
    methods: change.methods && [...change.methods],
    paths: change.paths && change.paths.map(({ type, value }) => ({ type, value })),
    expires_at: change.expires_at,
    at,
  };
}

function proxyToJson(proxy: UpstreamProxyPlan | null): Json {
  if (proxy === null) return null;
  const { host, port, authorization, noProxy } = proxy;
  return {
    host,
    port,
    has_credentials: authorization !== null,
    no_proxy: [...noProxy],
    // Of the names that go through it.
    addresses_checked: false,
  };
}

function providerToJson(agent: AgentProvisionPlan): Json {
  return {
    name: agent.provider,
    instance_name: agent.instanceName,
    guest_home: agent.guestHome,
    prompt_file: agent.promptFile,
    skills_folder: agent.skillsFolder,
    image: imageToJson(agent.image),
    env: Object.keys(agent.env).sort(),
    files: agent.files.map(({ path, mode, owner, content }) => ({
      path,
      mode: mode.toString(8).padStart(4, "0"),
      owner,
      sha256: sha256(content),
    })),
    commands: agent.commands.map(({ argv, purpose }) => ({ argv: [...argv], purpose })),
    launch: commandToJson(agent.launch(agent.promptFile)),
    resume: commandToJson(agent.resume(agent.promptFile)),
    headless: commandToJson(agent.headless(agent.promptFile)),
    transcript_paths: [...agent.transcriptPaths],
  };
}

function commandToJson({ argv, stdin }: AgentCommand): Json {
  return { argv: [...argv], stdin };
}

/** A literal's value stays out as well: a manifest is no place for a secret, and yet. */
function envToJson(name: string, value: EnvValue): Json {
  return value.kind === "host"
    ? { name, kind: value.kind, host_variable: value.name }
    : { name, kind: value.kind };
}

function userToJson({ name, email }: GitUser): Json {
  return { name: sourcedToJson(name), email: sourcedToJson(email) };
}

function sourcedToJson(sourced: Sourced<string> | undefined): Json {
  return sourced === undefined ? null : { value: sourced.value, from: formatPlace(sourced.place) };
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
