/** The audit of a bottle whose bundle can't be asked. */

import { readStoredLedger } from "../bundle/stored_ledger.ts";
import type { LedgerRow } from "../../lib/egress/audit/audit_row.ts";
import { BottleError } from "../../lib/errors.ts";
import type { HomeId, Slug } from "../../lib/names.ts";
import type { Engine } from "../engine/engine.ts";
import { findContainers, ownedBy } from "./inventory.ts";
import { containerOf } from "./list.ts";

/** @throws {BottleError} `bottle-unknown`; `bottle-broken` without its bundle, whose image reads the volume */
export async function* storedAuditOf(
  engine: Engine,
  home: HomeId,
  slug: Slug,
  signal?: AbortSignal,
): AsyncGenerator<LedgerRow, void, void> {
  const containers = await findContainers(engine, ownedBy(home, slug), signal);
  const bundle = containerOf({ containers }, slug, "bundle");
  if (bundle !== undefined) {
    const { image } = bundle;
    yield* readStoredLedger(engine, { slug, homeId: home, image }, signal);
    return;
  }
  throw containers.length === 0
    ? new BottleError(`No bottle "${slug}"`, {
      code: "bottle-unknown",
      hint: "`bot-bottle list` shows those there are",
    })
    : new BottleError(`The bundle of the bottle "${slug}" is gone`, { code: "bottle-broken" });
}
