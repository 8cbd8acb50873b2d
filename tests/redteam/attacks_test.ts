/** Every attack, in one real bottle with a neighbour. That each would bite is what `deno task redteam:controls` shows. */

import { equal } from "node:assert/strict";
import { attacks } from "./attacks/all.ts";
import { askUpstream } from "./attacks/proxy.ts";
import { sightings } from "./prove.ts";
import { openStage } from "./stage.ts";

Deno.test("network and runtime: what a hostile agent tries as uid 0 reaches no sink", async (t) => {
  await using stage = await openStage();
  const isOpen = async (): Promise<void> => equal(await askUpstream(stage), "upstream\n");
  await t.step("an allowed call gets through: the bottle is not just dead", isOpen);
  for (const attack of attacks) {
    await t.step(`${attack.threat}: ${attack.name}`, async () => {
      equal(await sightings(attack, stage), 0);
    });
  }
  await t.step("fork bomb, memory: the bottle goes on after all of them", isOpen);
});
