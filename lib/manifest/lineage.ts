/** In which order a bottle and those that it extends are folded. */

import { didYouMean } from "./nearest.ts";
import { isPresetName, nearestPreset } from "./presets.ts";
import { type Problem, quote } from "./problem.ts";
import type { Sourced } from "./types.ts";

/** A bottle, as far as this module has to know it. */
export interface Kin {
  readonly name: string;
  readonly parents: readonly Sourced<string>[];
}

/** The order, and what is wrong with it. */
export interface Lineage<T extends Kin> {
  /** Parents before children, left to right, each file once; the bottle itself is last. */
  readonly order: readonly T[];
  readonly problems: readonly Problem[];
}

/**
 * Walks `extends` depth first. A bottle that is reached twice (a diamond) counts once, at its first place: what
 * stands between it and the bottle that named it first was written knowing it, and must not be undone by the second
 * mention.
 *
 * @param kin all bottles that can be reached, by name
 * @param known names for "did you mean"
 */
export function orderLineage<T extends Kin>(
  root: T,
  kin: ReadonlyMap<string, T>,
  known: readonly string[],
): Lineage<T> {
  const order: T[] = [];
  const problems: Problem[] = [];
  const done = new Set<string>();

  const visit = (bottle: T, chain: readonly string[]): void => {
    for (const { value, place } of bottle.parents) {
      const ahead = [...chain, value];
      const parent = kin.get(value);
      if (chain.includes(value)) problems.push({ ...describeCircle(ahead), place });
      else if (parent === undefined) problems.push({ ...describeUnknown(ahead, known), place });
      else if (!done.has(value)) visit(parent, ahead);
    }
    done.add(bottle.name);
    order.push(bottle);
  };
  visit(root, [root.name]);
  return { order, problems };
}

function describeCircle(chain: readonly string[]): Omit<Problem, "place"> {
  const name = chain.at(-1) ?? "";
  const start = chain.indexOf(name);
  const isSelf = start === chain.length - 2;
  return {
    message: isSelf
      ? `Bottle "${name}" extends itself: ${printChain(chain)}`
      : `"extends" goes round in a circle: ${printChain(chain)}`,
    hint: "Remove one of these",
    code: "manifest-cycle",
  };
}

function describeUnknown(
  chain: readonly string[],
  known: readonly string[],
): Omit<Problem, "place"> {
  const name = chain.at(-1) ?? "";
  return {
    message: `No ${isPresetName(name) ? "preset" : "bottle"} ${quote(name)} to extend: ${
      printChain(chain)
    }`,
    hint: hintAtParent(name, known),
    code: "bottle-unknown",
  };
}

function hintAtParent(name: string, known: readonly string[]): string {
  const otherwise = "See them with `bot-bottle list bottles`";
  const preset = nearestPreset(name);
  if (preset !== undefined && (isPresetName(name) || preset === `builtin/${name}`)) {
    return `Did you mean "${preset}"?`;
  }
  return isPresetName(name) ? otherwise : didYouMean(name, known, otherwise);
}

function printChain(chain: readonly string[]): string {
  return chain.map((name) => quote(name).slice(1, -1)).join(" -> ");
}
