/** Presets: bottles that come with the program, for others to extend. Each opens one well-known place, read only. */

import { splitFrontmatter } from "./frontmatter.ts";
import crates from "./presets/crates.md" with { type: "text" };
import debian from "./presets/debian.md" with { type: "text" };
import github from "./presets/github.md" with { type: "text" };
import gitlab from "./presets/gitlab.md" with { type: "text" };
import npm from "./presets/npm.md" with { type: "text" };
import pypi from "./presets/pypi.md" with { type: "text" };
import { nearest } from "./nearest.ts";
import { type ManifestSource, textSource } from "./source.ts";

const PREFIX = "builtin/";

/** A preset, as lists show it. */
export interface PresetEntry {
  /** `builtin/npm` */
  readonly name: string;
  /** What it opens, in a few words. */
  readonly summary: string;
}

/** Sorted by name. No file of a home can have such a name: a file's stem holds no slash. */
const TEXTS: ReadonlyMap<string, string> = new Map([
  ["builtin/crates", crates],
  ["builtin/debian", debian],
  ["builtin/github", github],
  ["builtin/gitlab", gitlab],
  ["builtin/npm", npm],
  ["builtin/pypi", pypi],
]);

/**
 * Whether a name has the form of a preset's; there need be none of that name.
 *
 * @example
 * ```ts
 * import { isPresetName } from "./presets.ts";
 * if (!isPresetName("builtin/npm") || isPresetName("npm")) throw new Error();
 * ```
 */
export function isPresetName(name: string): boolean {
  return /^builtin\/[a-z][a-z0-9-]{0,62}$/.test(name);
}

/** The presets there are, by name. */
export function listPresets(): readonly PresetEntry[] {
  return [...TEXTS].map(([name, text]) => ({ name, summary: summaryOf(text) }));
}

/** Their names, sorted. */
export function presetNames(): readonly string[] {
  return [...TEXTS.keys()];
}

/** A preset's file as it was written; undefined if there is none of that name. */
export function presetText(name: string): string | undefined {
  return TEXTS.get(name);
}

/**
 * The preset that somebody may have meant: the nearest by what follows the last slash, as `builtin/` alone makes no
 * two names alike.
 */
export function nearestPreset(name: string): string | undefined {
  const stem = name.slice(name.lastIndexOf("/") + 1);
  const found = nearest(stem, presetNames().map((known) => known.slice(PREFIX.length)));
  return found === undefined ? undefined : `${PREFIX}${found}`;
}

/** The presets as manifests that can be read, by name. */
export function presetSources(): ReadonlyMap<string, ManifestSource> {
  return new Map([...TEXTS].map(([name, text]) => [name, textSource(name, text)]));
}

/** A body begins with what the preset opens, a colon, and by which programs. */
function summaryOf(text: string): string {
  const parts = splitFrontmatter(text);
  return "body" in parts ? parts.body.split(":", 1).join("") : "";
}
