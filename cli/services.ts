/** The real services of an action. */

import type { Output } from "../lib/context.ts";
import { StateStore } from "../lib/state/store.ts";
import type { Services, Settings } from "./command.ts";
import { createContext } from "./context.ts";
import { readInput, readLine } from "./input.ts";

/** What `main` knows. */
export interface ServicesOptions {
  readonly settings: Settings;
  readonly env: (name: string) => string | undefined;
  readonly out: Output;
  readonly signal: AbortSignal;
  readonly leftovers: Set<string>;
}

/** Makes them; the backend waits until it is asked for. */
export function createServices(options: ServicesOptions): Promise<Services> {
  const context = createContext(options);
  return Promise.resolve({
    context,
    settings: options.settings,
    states: new StateStore(context.home),
    backend: async () => {
      const { createBackend } = await import("./backend.ts");
      return createBackend(context);
    },
    readLine,
    readInput,
    leftovers: options.leftovers,
  });
}
