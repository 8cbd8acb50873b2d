/** Where a bottle's routes are: in the egress of one that runs, in the manifests and the state of one that does not. */

import type { Route } from "../../lib/egress/route/route.ts";
import { BottleError } from "../../lib/errors.ts";
import type { BottleState } from "../../lib/state/state.ts";
import type { Services } from "../command.ts";
import { prepareBottle, requestToEnter } from "./prepare.ts";
import { takeBottle } from "./take.ts";

/** The routes of one bottle. */
export interface RouteTarget extends AsyncDisposable {
  /** False: the next `resume` makes the changes. */
  readonly isRunning: boolean;
  read(): Promise<{ readonly routes: readonly Route[]; readonly revision: number }>;
  /** @returns the new revision. @throws {BottleError} `control-conflict`: they have changed since they were read */
  replace(routes: readonly Route[], revision: number): Promise<number>;
}

/** @throws {BottleError} `bottle-busy`; what the backend or the manifests say */
export async function openRoutes(services: Services, state: BottleState): Promise<RouteTarget> {
  const { signal } = services.context;
  const backend = await services.backend();
  try {
    const control = await backend.control(state.slug, signal);
    return {
      isRunning: true,
      read: () => control.call("routes.get", null, { signal }),
      replace: async (routes, revision) => {
        const params = { routes, expected_revision: revision };
        return (await control.call("routes.put", params, { signal })).revision;
      },
      [Symbol.asyncDispose]: () => control[Symbol.asyncDispose](),
    };
  } catch (error) {
    if (!(error instanceof BottleError) || error.code !== "bottle-not-running") throw error;
  }
  // So that it isn't started meanwhile, without what is being changed.
  await using undo = new AsyncDisposableStack();
  undo.use(await takeBottle(services, state.slug, { signal }));
  const plan = await prepareBottle(services.context, backend, requestToEnter(state));
  const held = undo.move();
  return {
    isRunning: false,
    read: () => Promise.resolve({ routes: plan.egress.routes, revision: 0 }),
    replace: (_routes, revision) => Promise.resolve(revision),
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}
