import assert from "node:assert/strict";
import { scripted } from "../../../../providers/scripted/provider.ts";
import { fakeProviderContext } from "../../../support/provider_context.ts";

Deno.test("scripted runs the manifest's script, and a headless one from stdin", async (t) => {
  const plan = scripted.plan(fakeProviderContext({}));
  await t.assertSnapshot({
    ...plan,
    launch: plan.launch(plan.promptFile),
    resume: plan.resume(plan.promptFile),
    headless: plan.headless(plan.promptFile),
    shell: plan.launch(null),
  });
});

Deno.test("scripted refuses auth_token and says where a credential goes", () => {
  assert.throws(() => scripted.plan(fakeProviderContext({ authToken: "TOKEN" })), {
    code: "auth-token-unsupported",
    hint: "Put the credential on a route: egress.routes[].auth.token_ref",
  });
});
