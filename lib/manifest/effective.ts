/** A folded bottle, whole: with its defaults, and checked for what only the whole can show. */

import type { BottleLayer } from "./bottle_file.ts";
import type { Problem } from "./problem.ts";
import { findSharedUpstream } from "./repo_misfits.ts";
import type { EffectiveBottle, GitUser, Resources } from "./types.ts";

/** Limits of an agent's container where no bottle says any. */
export const DEFAULT_RESOURCES: Resources = {
  cpus: 2,
  memoryBytes: 4 * 1024 ** 3,
  pids: 512,
};

/** Providers that know what to do with `auth_token` (providers.md). */
const TAKES_AUTH_TOKEN: ReadonlySet<string> = new Set(["claude"]);

interface BottleName {
  readonly name: string;
  readonly file: string;
}

/**
 * The bottle that everything after validation reads, or what is wrong with the whole.
 *
 * @param chain files that were folded, the bottle's own last
 */
export function makeEffective(
  layer: BottleLayer,
  { name, file }: BottleName,
  chain: readonly string[],
): EffectiveBottle | Problem {
  const { provider, resources = {} } = layer;
  if (provider === undefined) {
    return {
      message: `Bottle "${name}" names no agent_provider, and nor does what it extends`,
      place: { file, line: 1, column: 1 },
      hint: "Write agent_provider: { template: claude, auth_token: NAME }",
    };
  }
  const { template, authToken } = provider.value;
  if (authToken !== undefined && !TAKES_AUTH_TOKEN.has(template)) {
    return {
      message: `"agent_provider.auth_token" is for built-in providers, not for "${template}"`,
      place: provider.place,
      hint: "Name the variable in a route's auth: { scheme: bearer, token_ref: NAME }",
    };
  }
  const repos = layer.repos ?? new Map();
  const shared = findSharedUpstream(repos);
  if (shared !== undefined) return shared;
  return {
    name,
    file,
    chain,
    provider,
    env: layer.env ?? new Map(),
    gitUser: layer.gitUser ?? {},
    repos,
    routes: layer.routes ?? [],
    log: layer.log ?? { value: "all", place: { file } },
    resources: {
      cpus: resources.cpus?.value ?? DEFAULT_RESOURCES.cpus,
      memoryBytes: resources.memoryBytes?.value ?? DEFAULT_RESOURCES.memoryBytes,
      pids: resources.pids?.value ?? DEFAULT_RESOURCES.pids,
    },
    resourceSources: resources,
    ...(layer.supervise && { supervise: layer.supervise }),
  };
}

/** The agent's identity over the bottle's, field by field. */
export function overlayUser(bottle: GitUser, agent: GitUser): GitUser {
  return { ...bottle, ...agent };
}
