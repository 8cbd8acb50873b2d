import { deepEqual, equal, rejects } from "node:assert/strict";
import type { Bottle } from "../../../../lib/bottle.ts";
import type { ProvisionOptions } from "../../../../lib/provision/step.ts";
import { bringWorkspaceIn } from "../../../../lib/provision/workspace.ts";
import type { WorkspacePlan } from "../../../../lib/workspace/types.ts";
import { fakeBottle } from "../../../support/bottle.ts";
import { fakePlan } from "../../../support/plan.ts";
import { makeRepository, realGitHost } from "../../../support/repository.ts";
import { localGuest, workspacePlan } from "../../../support/workspace.ts";

function bottleWith(workspace: WorkspacePlan | null, home: string): Bottle {
  const bottle = fakeBottle({ plan: fakePlan({ workspace }) });
  return { ...bottle, stream: localGuest(home).stream };
}

/** Keeps what a step was told. */
function recordSteps(): { readonly said: string[]; readonly step: ProvisionOptions["step"] } {
  const said: string[] = [];
  return {
    said,
    step: (name) => ({
      line: (text) => void said.push(`${name}: ${text}`),
      done: (note) => void said.push(`${name} done: ${note}`),
      [Symbol.dispose]: () => void said.push("disposed"),
    }),
  };
}

Deno.test("bringWorkspaceIn brings it into a fresh guest, with progress", async () => {
  const home = await Deno.realPath(await Deno.makeTempDir());
  try {
    const person = await makeRepository(`${home}/person`);
    await person.write("noise", crypto.getRandomValues(new Uint8Array(60_000)).toHex().repeat(20));
    const base = await person.commit("First");
    const workspace = workspacePlan({
      folder: person.folder,
      base,
      guestFolder: `${home}/workspace`,
    });
    const bottle = bottleWith(workspace, home);
    const { said, step } = recordSteps();
    await bringWorkspaceIn(bottle, bottle.plan, { host: realGitHost, ...(step && { step }) });
    equal((await Deno.stat(`${home}/workspace/noise`)).size, 2_400_000);
    equal(said[0], "Workspace: 0 MiB");
    deepEqual(said.slice(-2).map((line) => line.replace(/[0-9.]+/, "N")), [
      "Workspace done: N MiB",
      "disposed",
    ]);
  } finally {
    await Deno.remove(home, { recursive: true });
  }
});

Deno.test("bringWorkspaceIn leaves a guest alone that was provisioned before, or has no workspace", async () => {
  const elsewhere = workspacePlan({ folder: "/gone", guestFolder: "/gone" });
  const again = bottleWith(elsewhere, "/nowhere");
  await bringWorkspaceIn(again, again.plan, { again: true });
  const without = bottleWith(null, "/nowhere");
  await bringWorkspaceIn(without, without.plan);
  await rejects(bringWorkspaceIn(again, again.plan, { host: realGitHost }), /No folder "\/gone"/);
});
