/** Programs in an agent's container, whatever becomes of its bundle. */

import type { OpenedGuest } from "../backend.ts";
import type { HomeId, Slug } from "../../lib/names.ts";
import type { Engine } from "../engine/engine.ts";
import { readStart } from "./agent_start.ts";
import { findContainers, ownedBy } from "./inventory.ts";
import { userArgs } from "./guest_user.ts";
import { containerOf } from "./list.ts";
import { findBottle, notRunning } from "./running.ts";

/** @throws {BottleError} `bottle-unknown`, `bottle-broken`, `bottle-not-running` */
export async function openGuestOf(
  engine: Engine,
  home: HomeId,
  slug: Slug,
  signal?: AbortSignal,
): Promise<OpenedGuest> {
  const containers = await findContainers(engine, ownedBy(home, slug), signal);
  const agent = containerOf({ containers }, slug, "agent") ??
    (await findBottle(engine, home, slug, signal)).agent;
  if (agent.state !== "running") throw notRunning(slug);
  return {
    agentStart: await readStart(engine, agent.id, signal),
    stream: (argv, { user = "node", signal } = {}) =>
      // HOME is the one in the guest's own passwd.
      engine.duplex(
        ["exec", "--interactive", ...userArgs(user), agent.id, ...argv],
        signal === undefined ? {} : { signal },
      ),
  };
}
