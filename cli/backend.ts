/** Puts backend and providers together. */

import type { Backend } from "../backends/backend.ts";
import { createDockerBackend } from "../backends/docker/backend.ts";
import type { Context } from "../lib/context.ts";
import { findProvider, providerNames } from "../providers/registry.ts";

/** The backend of this version. */
export function createBackend(context: Context): Backend {
  return createDockerBackend(context, { providers: findProvider, providerNames });
}
