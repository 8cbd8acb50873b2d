/** What a running bottle may reach now. */

import type { RoutesResult } from "../../lib/control/protocol.ts";
import { BottleError } from "../../lib/errors.ts";
import type { Slug } from "../../lib/names.ts";
import type { Services } from "../command.ts";

/** How long its bundle may take to tell. */
const ANSWER_MS = 3_000;

/** Null where the bottle does not run, or its bundle does not answer. */
export async function routesInForce(
  services: Services,
  slug: Slug,
): Promise<RoutesResult | null> {
  const { signal } = services.context;
  const limit = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]);
  const backend = await services.backend();
  try {
    await using control = await backend.control(slug, limit);
    return await control.call("routes.get", null, { signal: limit });
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof BottleError || limit.aborted) return null;
    throw error;
  }
}
