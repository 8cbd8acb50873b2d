/** Ten agents who push to one repository at once. */

import { deepEqual } from "node:assert/strict";
import { pushTogether } from "../../support/git/push_together.ts";
import { openGitStage } from "../../support/git/stage.ts";

Deno.test("ten who push at once to one repository all get through, and nothing is lost", async () => {
  await using stage = await openGitStage({ repos: { widget: {} } });
  const { client } = stage;
  const upstream = stage.repo("widget");
  await upstream.commit("main", { "README.md": "# widget\n" });
  const { faults } = await pushTogether({ client, upstream, url: upstream.url, agents: 10 });
  deepEqual(faults, []);
});
