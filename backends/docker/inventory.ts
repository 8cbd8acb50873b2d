/** What the engine has of ours, by labels: our own state is never asked, so that nothing hides. */

import { type HomeId, Label, parseSlug, type Slug } from "../../lib/names.ts";
import type { Engine } from "../engine/engine.ts";
import { filterArgs } from "../engine/labels.ts";

/** A labelled container. */
export interface FoundContainer {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  /** The engine's word: `created`, `running`, `paused`, `restarting`, `exited`, `dead`. */
  readonly state: string;
  /** In words, with the exit code: `Exited (137) 2 minutes ago`. */
  readonly status: string;
  readonly createdAt: string;
  readonly role: string;
  readonly slug: Slug | null;
}

/** A labelled network or volume. */
export interface FoundResource {
  /** A volume has none but its name. */
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly slug: Slug | null;
}

/** Everything of a home. */
export interface Inventory {
  readonly containers: readonly FoundContainer[];
  readonly networks: readonly FoundResource[];
  readonly volumes: readonly FoundResource[];
}

/** Images are found by `image_cleanup.ts`. */
const IMAGE_ROLE = "image";

/** Labels that all results must have. */
export type LabelFilter = Readonly<Record<string, string>>;

/** Everything with these labels; three calls at once. */
export async function takeInventory(
  engine: Engine,
  labels: LabelFilter,
  signal?: AbortSignal,
): Promise<Inventory> {
  const [containers, networks, volumes] = await Promise.all([
    findContainers(engine, labels, signal),
    findNetworks(engine, labels, signal),
    findVolumes(engine, labels, signal),
  ]);
  return { containers, networks, volumes };
}

/** The filter for all of a home, or for one of its bottles. */
export function ownedBy(home: HomeId, slug?: Slug): LabelFilter {
  return { [Label.home]: home, ...(slug === undefined ? {} : { [Label.slug]: slug }) };
}

/** Containers, running or not. */
export async function findContainers(
  engine: Engine,
  labels: LabelFilter,
  signal?: AbortSignal,
): Promise<FoundContainer[]> {
  const fields = [
    "{{.ID}}",
    "{{.Names}}",
    "{{.Image}}",
    "{{.State}}",
    "{{.Status}}",
    "{{.CreatedAt}}",
  ];
  const rows = await listRows(engine, ["ps", "--all", "--no-trunc"], fields, labels, signal);
  const all = rows.map((
    [id = "", name = "", image = "", state = "", status = "", createdAt = "", ...own],
  ) => ({
    id,
    name,
    image,
    state,
    status,
    createdAt,
    ...roleAndSlug(own),
  }));
  // A container has the labels of its image too: one that a person made of an image of ours is theirs.
  return all.filter(({ role }) => role !== IMAGE_ROLE);
}

async function findNetworks(
  engine: Engine,
  labels: LabelFilter,
  signal?: AbortSignal,
): Promise<FoundResource[]> {
  const fields = ["{{.ID}}", "{{.Name}}"];
  const rows = await listRows(engine, ["network", "ls", "--no-trunc"], fields, labels, signal);
  return rows.map(([id = "", name = "", ...own]) => ({ id, name, ...roleAndSlug(own) }));
}

async function findVolumes(
  engine: Engine,
  labels: LabelFilter,
  signal?: AbortSignal,
): Promise<FoundResource[]> {
  const rows = await listRows(engine, ["volume", "ls"], ["{{.Name}}"], labels, signal);
  return rows.map(([name = "", ...own]) => ({ id: name, name, ...roleAndSlug(own) }));
}

/** Tab-separated fields, then role and slug. */
async function listRows(
  engine: Engine,
  command: readonly string[],
  fields: readonly string[],
  labels: LabelFilter,
  signal: AbortSignal | undefined,
): Promise<string[][]> {
  const format = [...fields, `{{.Label "${Label.role}"}}`, `{{.Label "${Label.slug}"}}`].join("\t");
  const args = [...command, "--format", format, ...filterArgs(labels)];
  const lines = await engine.docker(args, signal === undefined ? {} : { signal });
  return lines.split("\n").filter((line) => line !== "").map((line) => line.split("\t"));
}

/** A label that is no slug was not written by us: the thing is shown without one. */
function roleAndSlug([role = "", slug = ""]: string[]): { role: string; slug: Slug | null } {
  try {
    return { role, slug: slug === "" ? null : parseSlug(slug) };
  } catch {
    return { role, slug: null };
  }
}
