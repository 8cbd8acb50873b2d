/** One bottle's file: what it says itself, before its parents are folded in. */

import type { SourcePlace } from "../errors.ts";
import { type BottleFields, bottleSchema, templateSchema } from "./bottle_schema.ts";
import { parseByteSize } from "./byte_size.ts";
import { readCredential } from "./credential.ts";
import type { ManifestDocument } from "./document.ts";
import { parseEnvForm } from "./env_form.ts";
import type { Problem } from "./problem.ts";
import { findRepeatedHosts, readRoutes } from "./route_list.ts";
import { readRepos } from "./repo_list.ts";
import { findRepoMisfits } from "./repo_misfits.ts";
import { findImageConflicts } from "./image_shape.ts";
import { NAME } from "./name.ts";
import { isPresetName } from "./presets.ts";
import { checkShape } from "./shape.ts";
import type {
  AgentProviderChoice,
  EnvValue,
  GitUser,
  ManifestRepo,
  ManifestRoute,
  Sourced,
  SourcedResources,
} from "./types.ts";
import { type Path, valueAt, type ValueTree } from "./value_tree.ts";

/** What one file says. Absent: it says nothing; present and empty: it clears what its parents said. */
export interface BottleLayer {
  readonly provider?: Sourced<AgentProviderChoice>;
  readonly env?: ReadonlyMap<string, Sourced<EnvValue>>;
  readonly gitUser?: GitUser;
  readonly repos?: ReadonlyMap<string, Sourced<ManifestRepo>>;
  readonly routes?: readonly Sourced<ManifestRoute>[];
  readonly log?: Sourced<"all" | "blocked" | "off">;
  readonly supervise?: Sourced<boolean>;
  readonly resources?: SourcedResources;
}

/** A bottle's file as read. `layer` is null if there are problems. */
export interface BottleFile {
  readonly name: string;
  readonly file: string;
  /** Read even from a file with problems, so that one report covers its parents too. */
  readonly parents: readonly Sourced<string>[];
  /** Of `agent_provider`, read as they are. */
  readonly template?: Sourced<string>;
  readonly layer: BottleLayer | null;
  readonly problems: readonly Problem[];
}

/** Checks a document and takes it apart. */
export function readBottle(name: string, document: ManifestDocument): BottleFile {
  const { file, tree } = document;
  if (tree === null) {
    return { name, file, parents: [], layer: null, problems: document.problems };
  }
  const checked = checkShape(bottleSchema, tree);
  const problems = [
    ...document.problems,
    ...("problems" in checked ? checked.problems : []),
    ...findRepeatedHosts(tree),
    ...findRepoMisfits(tree),
    ...findImageConflicts(tree),
  ];
  const layer = "value" in checked && problems.length === 0 ? readLayer(checked.value, tree) : null;
  return { name, file, parents: readParents(tree), ...readTemplate(tree), layer, problems };
}

function readTemplate(tree: ValueTree): Pick<BottleFile, "template"> {
  const path = ["agent_provider", "template"];
  const { data } = templateSchema.safeParse(valueAt(tree.value, path));
  return data === undefined ? {} : { template: { value: data, place: tree.placeOf(path) } };
}

/** `extends`, as far as it is names. */
function readParents(tree: ValueTree): readonly Sourced<string>[] {
  const value = valueAt(tree.value, ["extends"]);
  const paths: readonly Path[] = Array.isArray(value)
    ? value.map((_, index) => ["extends", index])
    : [["extends"]];
  return paths.flatMap((path) => {
    const name = valueAt(tree.value, path);
    return typeof name === "string" && (NAME.test(name) || isPresetName(name))
      ? [{ value: name, place: tree.placeOf(path) }]
      : [];
  });
}

function readLayer(fields: BottleFields, tree: ValueTree): BottleLayer {
  const place = (...path: PropertyKey[]): SourcePlace => tree.placeOf(path);
  const { agent_provider: provider, egress, supervise, env, resources } = fields;
  return {
    ...(provider && {
      provider: {
        value: readProvider(provider, place),
        place: tree.placeOf(["agent_provider"], "key"),
      },
    }),
    ...(env && { env: readEnv(env, place) }),
    ...readGate(fields["git-gate"], tree),
    ...readEgress(egress, tree),
    ...(supervise !== undefined && { supervise: { value: supervise, place: place("supervise") } }),
    ...(resources && { resources: readResources(resources, place) }),
  };
}

function readProvider(
  provider: NonNullable<BottleFields["agent_provider"]>,
  place: PlaceOf,
): AgentProviderChoice {
  const { dockerfile, image, version } = provider;
  const authToken = readCredential(provider.auth_token ?? "");
  const sourced = (key: string, value: string): Sourced<string> => ({
    value,
    place: place("agent_provider", key),
  });
  return {
    template: provider.template,
    ...(authToken && { authToken }),
    ...(dockerfile !== undefined && { dockerfile: sourced("dockerfile", dockerfile) }),
    ...(image !== undefined && { image: sourced("image", image) }),
    ...(version !== undefined && { version: sourced("version", version) }),
  };
}

type PlaceOf = (...path: PropertyKey[]) => SourcePlace;

function readEnv(
  env: NonNullable<BottleFields["env"]>,
  place: PlaceOf,
): ReadonlyMap<string, Sourced<EnvValue>> {
  const read = new Map<string, Sourced<EnvValue>>();
  for (const [key, text] of Object.entries(env)) {
    const value = parseEnvForm(text);
    if (value.kind !== "bad") read.set(key, { value, place: place("env", key) });
  }
  return read;
}

/** `git-gate.user` with the place of each field. */
export function readGitUser(
  user: { readonly name?: string; readonly email?: string },
  place: PlaceOf,
): GitUser {
  const { name, email } = user;
  return {
    ...(name !== undefined && { name: { value: name, place: place("git-gate", "user", "name") } }),
    ...(email !== undefined &&
      { email: { value: email, place: place("git-gate", "user", "email") } }),
  };
}

/** An explicit `git-gate: {}` clears the user and the repositories alike. */
function readGate(
  gate: BottleFields["git-gate"],
  tree: ValueTree,
): Pick<BottleLayer, "gitUser" | "repos"> {
  if (gate === undefined) return {};
  if (Object.keys(gate).length === 0) return { gitUser: {}, repos: new Map() };
  const { user, repos } = gate;
  return {
    ...(user && { gitUser: readGitUser(user, (...path) => tree.placeOf(path)) }),
    ...(repos && { repos: readRepos(repos, tree) }),
  };
}

/** An explicit `egress: {}` clears the routes and the log alike. */
function readEgress(
  egress: BottleFields["egress"],
  tree: ValueTree,
): Pick<BottleLayer, "routes" | "log"> {
  if (egress === undefined) return {};
  if (Object.keys(egress).length === 0) {
    return { routes: [], log: { value: "all", place: tree.placeOf(["egress"]) } };
  }
  const { log, routes } = egress;
  return {
    ...(routes && { routes: readRoutes(routes, tree) }),
    ...(log && { log: { value: log, place: tree.placeOf(["egress", "log"]) } }),
  };
}

function readResources(
  resources: NonNullable<BottleFields["resources"]>,
  place: PlaceOf,
): SourcedResources {
  const { cpus, memory, pids } = resources;
  const bytes = parseByteSize(memory ?? "");
  return {
    ...(cpus !== undefined && { cpus: { value: cpus, place: place("resources", "cpus") } }),
    ...(bytes !== undefined &&
      { memoryBytes: { value: bytes, place: place("resources", "memory") } }),
    ...(pids !== undefined && { pids: { value: pids, place: place("resources", "pids") } }),
  };
}
