import assert from "node:assert/strict";
import type { CleanupItem } from "../../../../backends/backend.ts";
import { planThrowaways, removeThrowaways } from "../../../../cli/session/throwaways.ts";
import type { Context } from "../../../../lib/context.ts";
import { findHomeId } from "../../../../lib/home_id.ts";
import { makeThrowaway } from "../../../../lib/state/throwaway.ts";
import { fakeContext } from "../../../support/context.ts";
import { manifestFiles } from "../../../support/manifest_files.ts";

const item = (kind: CleanupItem["kind"], name: string): CleanupItem => ({
  kind,
  name,
  id: name,
  slug: null,
  running: false,
});
const OWN = [item("container", "c"), item("image", "bot-bottle-agent-scripted:0")];

/** An engine that has the same of each home, and the bundle's image. */
function fakeEngine(): {
  readonly removed: string[];
  readonly make: NonNullable<Parameters<typeof planThrowaways>[1]>;
} {
  const removed: string[] = [];
  return {
    removed,
    make: ({ home }: Context) => ({
      plannedCleanup: async (id) => {
        assert.equal(id, await findHomeId(home));
        return [...OWN, item("image", "bot-bottle-bundle:0")];
      },
      cleanup: (items) => {
        removed.push(...items.map(({ name }) => `${home} ${name}`));
        return Promise.resolve();
      },
    }),
  };
}

Deno.test("removeThrowaways removes what was planned of killed programs, and nothing of one that runs", async () => {
  await using files = await manifestFiles({ "home/throwaway/killed/lock": "" });
  await using _running = await makeThrowaway(files.home);
  const killed = `${files.home}/throwaway/killed`;
  const context = fakeContext({ home: files.home });
  const { make, removed } = fakeEngine();
  const planned = await planThrowaways(context, make);
  assert.deepEqual(planned, [{ folder: killed, items: OWN }]);

  await files.write("home/throwaway/later/lock", "");
  await removeThrowaways(context, planned, make);
  assert.deepEqual(removed, [`${killed} c`, `${killed} bot-bottle-agent-scripted:0`]);
  const later = `${files.home}/throwaway/later`;
  assert.deepEqual((await planThrowaways(context, make)).map(({ folder }) => folder), [later]);
});

Deno.test("removeThrowaways leaves the folder where the engine has kept something", async () => {
  await using files = await manifestFiles({ "home/throwaway/killed/lock": "" });
  const context = fakeContext({ home: files.home });
  const { make } = fakeEngine();
  const planned = await planThrowaways(context, make);
  const failing: typeof make = (own) => ({
    ...make(own),
    cleanup: () => Promise.reject(new Error("left")),
  });
  await assert.rejects(removeThrowaways(context, planned, failing), /left/);
  assert.equal((await planThrowaways(context, make)).length, 1);
});
