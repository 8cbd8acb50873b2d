/** Files of a bottle that may be stopped: nothing in it can be asked for them, the engine can. */

import { BottleError } from "../../lib/errors.ts";
import type { HomeId, Slug } from "../../lib/names.ts";
import type { Engine } from "../engine/engine.ts";
import { copyOut } from "./copy_out.ts";
import { findContainers, ownedBy } from "./inventory.ts";
import { containerOf } from "./list.ts";

/** What is copied where. */
export interface StoredCopy {
  readonly home: HomeId;
  readonly slug: Slug;
  /** In the guest, absolute. */
  readonly path: string;
  /** On the host; exists. */
  readonly intoFolder: string;
}

/** @throws {BottleError} `bottle-unknown`, `bottle-broken`, and what copying out throws */
export async function copyStored(
  engine: Engine,
  { home, slug, path, intoFolder }: StoredCopy,
  signal?: AbortSignal,
): Promise<void> {
  const containers = await findContainers(engine, ownedBy(home, slug), signal);
  const agent = containerOf({ containers }, slug, "agent");
  if (agent === undefined) {
    throw new BottleError(`The container of the bottle "${slug}" is gone`, {
      code: containers.length === 0 ? "bottle-unknown" : "bottle-broken",
      hint: "`bot-bottle list` shows what there is",
    });
  }
  const options = signal === undefined ? {} : { signal };
  await copyOut({
    path,
    intoFolder,
    open: (parent, name) => engine.duplex(["cp", `${agent.id}:${parent}/${name}`, "-"], options),
    ...options,
  });
}
