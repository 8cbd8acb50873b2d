/** From what the person asked for to a plan. */

import type { Backend } from "../../backends/backend.ts";
import type { Context } from "../../lib/context.ts";
import type { RouteChange } from "../../lib/egress/route/route_change.ts";
import { liveChanges } from "../../lib/egress/route/route_log.ts";
import { ManifestIndex } from "../../lib/manifest/index.ts";
import type { Slug } from "../../lib/names.ts";
import type { BottlePlan } from "../../lib/plan/plan.ts";
import type { BundleNetwork, Entering, RuntimeChoice } from "../../lib/plan/spec.ts";
import type { BottleState } from "../../lib/state/state.ts";
import type { WorkspaceSource } from "../../lib/workspace/types.ts";

/** What the person asked for, in words of the command line. */
export interface BottleRequest {
  readonly agent: string;
  /** Overrides the agent's bottle. */
  readonly bottle?: string;
  readonly label?: string;
  readonly bundleNetworks?: readonly BundleNetwork[];
  readonly keep?: boolean;
  /** Inspected before: planning starts no program. */
  readonly workspace?: WorkspaceSource;
  readonly image?: string;
  /** Of a bottle that exists: what its container was made from. */
  readonly imageInUse?: string;
  readonly rebuild?: boolean;
  readonly runtime?: RuntimeChoice;
  /** What `allow` and `deny` changed since. */
  readonly routeChanges?: readonly RouteChange[];
  /** Of a bottle that exists. */
  readonly slug?: Slug;
  /** The bottle runs and is gone into: no credential is asked for. */
  readonly entering?: Entering;
  /** Where to look for a repository's agents; default the context's. */
  readonly cwd?: string;
}

const TERMINAL_VARIABLES = ["TERM", "LANG", "LC_ALL", "TZ", "COLORTERM"] as const;

/** Finds the manifests and has the backend make the plan. Starts nothing. @throws {BottleError} with all problems of the agent */
export async function prepareBottle(
  context: Context,
  backend: Backend,
  request: BottleRequest,
): Promise<BottlePlan> {
  const { cwd = context.cwd, routeChanges = [], ...asked } = request;
  const manifest = await ManifestIndex.load({ home: context.home, cwd });
  return await backend.prepare({
    ...asked,
    manifest,
    routeChanges: liveChanges(routeChanges, context.clock.now().getTime()),
    terminal: terminalOf(context),
  });
}

/** The request that a bottle was started with. */
export function requestOf(state: BottleState): BottleRequest {
  return {
    agent: state.agent,
    slug: state.slug,
    cwd: state.cwd,
    keep: state.keep,
    bundleNetworks: state.bundle_networks,
    routeChanges: state.route_changes,
    ...(state.bottle === null ? {} : { bottle: state.bottle }),
    ...(state.label === null ? {} : { label: state.label }),
    ...(state.image === null ? {} : { image: state.image }),
    ...(state.runtime === null ? {} : { runtime: state.runtime }),
    ...(state.workspace === null ? {} : { workspace: workspaceOf(state.workspace) }),
  };
}

/** The same for what its containers are there for: they have their image, whatever a new bottle would get. */
export function requestOfKept(state: BottleState): BottleRequest {
  const { image_used: imageInUse } = state;
  return { ...requestOf(state), ...(imageInUse === null ? {} : { imageInUse }) };
}

/** The request for a plan that launches nothing: to go into a bottle that runs, or to see its routes. */
export function requestToEnter(state: BottleState): BottleRequest {
  return { ...requestOfKept(state), entering: { credentialType: state.credential_type } };
}

function workspaceOf(remembered: NonNullable<BottleState["workspace"]>): WorkspaceSource {
  const { folder, branch, base, include, is_shallow: isShallow } = remembered;
  return { folder, branch, base, include, isShallow, uncommitted: null, leftOut: [] };
}

function terminalOf(context: Context): Record<string, string> {
  const terminal: Record<string, string> = {};
  for (const name of TERMINAL_VARIABLES) {
    const value = context.env(name);
    if (value !== undefined && value !== "") terminal[name] = value;
  }
  return terminal;
}
