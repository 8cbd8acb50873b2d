/** What every built-in provider owes: the same tests for each. */

import assert from "node:assert/strict";
import type { AgentProvider } from "../../../providers/provider.ts";
import { findProvider, providerNames } from "../../../providers/registry.ts";
import { fakeProviderContext } from "../../support/provider_context.ts";

const secret = "sk-ant-oat01-0123456789abcdefghij";

function planOf(provider: AgentProvider): ReturnType<AgentProvider["plan"]> {
  const needsToken = provider.name === "claude";
  const manifest = {
    template: provider.name,
    ...needsToken ? { authToken: "TOKEN" } : {},
  };
  return provider.plan(fakeProviderContext(manifest, { TOKEN: secret }));
}

for (const name of providerNames) {
  const provider = await findProvider(name);

  Deno.test(`${name} plans the same twice, without the credential's value`, () => {
    const texts = [planOf(provider), planOf(provider)].map((plan) =>
      JSON.stringify([plan, plan.launch("/p"), plan.resume("/p"), plan.headless("/p")])
    );
    assert.equal(texts[0], texts[1]);
    assert.equal(texts.join().includes(secret), false);
  });

  Deno.test(`${name} keeps node's things in node's home, by absolute paths`, () => {
    const { guestHome } = provider;
    const plan = planOf(provider);
    const ofNode = plan.files.filter(({ owner }) => owner === "node").map(({ path }) => path);
    const paths = [plan.promptFile, plan.skillsFolder, ...plan.transcriptPaths, ...ofNode];
    for (const path of paths) if (path !== null) assert.ok(path.startsWith(`${guestHome}/`), path);
  });

  Deno.test(`${name} takes an agent with a prompt and one without`, () => {
    const plan = planOf(provider);
    for (const command of [plan.launch, plan.resume]) {
      assert.equal(command(null).stdin, "terminal");
      assert.equal(command(null).argv.includes("null"), false);
      assert.ok(command("/prompt").argv.includes("/prompt"));
    }
    assert.equal(plan.headless(null).stdin, "prompt");
  });

  Deno.test(`${name} gives a credential only over https and never together with a wildcard`, () => {
    for (const route of planOf(provider).routes) {
      if (route.auth === undefined) continue;
      assert.deepEqual(route.ports ?? [443], [443]);
      assert.doesNotMatch(route.host, /\*/);
      assert.notDeepEqual(route.matches ?? [], []);
    }
  });

  Deno.test(`${name} builds on node's slim image with a context that has no more than the extra CA`, () => {
    const lines = provider.dockerfile.split("\n");
    assert.equal(lines.find((line) => line.startsWith("FROM ")), "FROM node:22-slim");
    for (const line of lines.filter((line) => /^(COPY|ADD) /.test(line))) {
      assert.match(line, /^COPY extra-ca\.pem /);
    }
  });
}
