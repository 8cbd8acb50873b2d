/** Finds a provider by name; the module is loaded only then. */

import { BottleError, type SourcePlace } from "../lib/errors.ts";
import { didYouMean } from "../lib/manifest/nearest.ts";
import type { AgentProvider } from "./provider.ts";

const builtIn: ReadonlyMap<string, () => Promise<AgentProvider>> = new Map([
  ["claude", async (): Promise<AgentProvider> => (await import("./claude/provider.ts")).claude],
  [
    "scripted",
    async (): Promise<AgentProvider> => (await import("./scripted/provider.ts")).scripted,
  ],
]);

/** Known by name, and not in this version. */
const later: ReadonlySet<string> = new Set(["codex"]);

/** The names that {@linkcode findProvider} takes. */
export const providerNames: readonly string[] = [...builtIn.keys()];

/**
 * The provider of that name.
 * @param place where the name is written, for the error
 * @throws {BottleError} `provider-unknown`, naming the nearest; `not-in-this-version`
 */
export async function findProvider(name: string, place?: SourcePlace): Promise<AgentProvider> {
  const load = builtIn.get(name);
  if (load !== undefined) return await load();
  const at = place === undefined ? {} : { place };
  const known = `Take one of: ${providerNames.join(", ")}`;
  if (later.has(name)) {
    throw new BottleError(`The provider "${name}" is not in this version`, {
      code: "not-in-this-version",
      hint: known,
      ...at,
    });
  }
  throw new BottleError(`No provider ${JSON.stringify(name.slice(0, 80))}`, {
    code: "provider-unknown",
    hint: didYouMean(name, providerNames, known),
    ...at,
  });
}
