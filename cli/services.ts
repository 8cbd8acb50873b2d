/** The real services of an action. */

import type { Output } from "../lib/context.ts";
import { StateStore } from "../lib/state/store.ts";
import type { Services, Settings } from "./command.ts";
import { createContext } from "./context.ts";
import { createForge } from "./forge/forge.ts";
import { readInput, readLine } from "./input.ts";
import { createKeepers } from "./keeper/keepers.ts";
import type { ProgramForm } from "./keeper/program_argv.ts";

/** What `main` knows. */
export interface ServicesOptions {
  readonly settings: Settings;
  readonly env: (name: string) => string | undefined;
  readonly out: Output;
  readonly signal: AbortSignal;
  readonly leftovers: Set<string>;
  /** How this process was started: keepers are started in the same way. */
  readonly form: ProgramForm;
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
    keepers: createKeepers(context, options.form),
    forge: createForge(context, options.form),
    readLine,
    readInput,
    input: () => Deno.stdin.readable,
    leftovers: options.leftovers,
  });
}
