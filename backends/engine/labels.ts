/** The labels of what the backends make in the engine, as arguments and as filters. */

import { type HomeId, Label, type Role, type Slug, VERSION } from "../../lib/names.ts";

/**
 * Says which launch made a thing: what a failed launch takes back is exactly its own, also where another bottle
 * holds the name that it wanted.
 */
export const LAUNCH_LABEL = "bot-bottle.launch";

/** Whose, which bottle, what for. */
export interface Ownership {
  readonly home: HomeId;
  /** Null: it belongs to the home, not to one bottle. */
  readonly slug: Slug | null;
  readonly role: Role;
  /** Absent for what outlives the launch that made it. */
  readonly launch?: string;
}

/** The labels as a record. */
export function labelsOf(owner: Ownership): Readonly<Record<string, string>> {
  return {
    [Label.home]: owner.home,
    ...(owner.slug === null ? {} : { [Label.slug]: owner.slug }),
    [Label.role]: owner.role,
    [Label.version]: VERSION,
    ...(owner.launch === undefined ? {} : { [LAUNCH_LABEL]: owner.launch }),
  };
}

/** `--label key=value` for `docker run` and `docker network create`. */
export function labelArgs(owner: Ownership): string[] {
  return Object.entries(labelsOf(owner)).flatMap(([key, value]) => ["--label", `${key}=${value}`]);
}

/** `--filter label=key=value` for the engine's lists. */
export function filterArgs(labels: Readonly<Record<string, string>>): string[] {
  return Object.entries(labels).flatMap(([key, value]) => ["--filter", `label=${key}=${value}`]);
}
