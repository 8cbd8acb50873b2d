/** What a launch left in the engine and in its home. */

import type { TestHome } from "../../e2e/cli/program.ts";

/** Names of all of it; the network that all bottles of a home share stays until the home is cleaned up as a whole. */
export async function leftOf(home: TestHome): Promise<readonly string[]> {
  const names = await home.left();
  return [...names, ...await stateFolders(home.folder)];
}

/** Those of one agent's bottles. */
export function ofAgent(names: readonly string[], agent: string): readonly string[] {
  const bottle = new RegExp(`(^|[-/])${agent}-[a-z0-9]{5}(-|$)`);
  return names.filter((name) => bottle.test(name));
}

async function stateFolders(home: string): Promise<readonly string[]> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(`${home}/state`));
    return entries.filter(({ isDirectory }) => isDirectory).map(({ name }) => `state/${name}`);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
