/** The routes of a bottle in the fake engine, by the rules of the real one. */

import type { RoutesPutParams, RoutesResult } from "../../lib/control/protocol.ts";
import { parseRoutes } from "../../lib/egress/config_schema.ts";
import type { Route } from "../../lib/egress/route/route.ts";
import { checkReplacement } from "../../lib/egress/route/route_diff.ts";
import { BottleError } from "../../lib/errors.ts";

/** What egress and init keep of them. */
export class FakeRoutes {
  #now: RoutesResult;
  #conflicts: number;
  /** What passes between a change and its answer. */
  beforeAnswer: (revision: number) => Promise<void> = () => Promise.resolve();

  /** @param conflicts so many changes are refused because another was first */
  constructor(routes: readonly Route[], conflicts: number) {
    this.#now = { routes, revision: 1 };
    this.#conflicts = conflicts;
  }

  get(): RoutesResult {
    return this.#now;
  }

  async put(
    { routes, expected_revision: expected }: RoutesPutParams,
  ): Promise<{ readonly revision: number }> {
    const revision = this.#now.revision + 1;
    if (this.#conflicts-- > 0) {
      const other: Route = { host: `other-${revision}.test`, origin: "allow" };
      this.#now = { routes: [...this.#now.routes, other], revision };
    }
    if (expected !== this.#now.revision) {
      throw new BottleError("The routes have changed", { code: "control-conflict" });
    }
    checkReplacement(this.#now.routes, parseRoutes(routes));
    this.#now = { routes, revision };
    await this.beforeAnswer(revision);
    return { revision };
  }
}
