/** Ending a bottle's processes; its containers stay. */

import type { Engine } from "../engine/engine.ts";
import { findContainers, type LabelFilter } from "./inventory.ts";

/** Seconds that a container gets between TERM and KILL. */
const GRACE_SECONDS = 5;

/** Stops containers with these labels: agents first, so that nothing runs in one while its bundle goes. */
export async function stopContainers(
  engine: Engine,
  labels: LabelFilter,
  signal?: AbortSignal,
): Promise<void> {
  const found = await findContainers(engine, labels, signal);
  for (const isAgent of [true, false]) {
    const ids = found.filter(({ role, state }) =>
      (role === "agent") === isAgent && state !== "exited" && state !== "created"
    ).map(({ id }) => id);
    if (ids.length === 0) continue;
    await engine.docker(
      ["stop", "--time", String(GRACE_SECONDS), ...ids],
      signal === undefined ? {} : { signal },
    );
  }
}
