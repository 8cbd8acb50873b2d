/** `info builtin/npm`: a preset as it was written, and what it opens. */

import { BottleError } from "../../lib/errors.ts";
import { readBottle } from "../../lib/manifest/bottle_file.ts";
import { parseDocumentText } from "../../lib/manifest/document.ts";
import {
  listPresets,
  nearestPreset,
  type PresetEntry,
  presetText,
} from "../../lib/manifest/presets.ts";
import { quote } from "../../lib/manifest/problem.ts";
import type { ManifestRoute } from "../../lib/manifest/types.ts";

/** A preset. `--json` prints it. */
export interface Preset extends PresetEntry {
  /** One a host. */
  readonly routes: readonly ManifestRoute[];
  /** The whole file. */
  readonly text: string;
}

/** @throws {BottleError} `preset-unknown` */
export function describePreset(name: string): Preset {
  const entry = listPresets().find((each) => each.name === name);
  const text = presetText(name);
  if (entry === undefined || text === undefined) throw unknownPreset(name);
  const { layer } = readBottle(name, parseDocumentText(text, name));
  return { ...entry, routes: layer?.routes?.map(({ value }) => value) ?? [], text };
}

function unknownPreset(name: string): BottleError {
  const near = nearestPreset(name);
  return new BottleError(`No preset ${quote(name)}`, {
    code: "preset-unknown",
    hint: near === undefined
      ? "`bot-bottle list bottles` shows those there are"
      : `Did you mean "${near}"?`,
  });
}
