import assert from "node:assert/strict";
import { claude } from "../../../../providers/claude/provider.ts";
import { fakeProviderContext } from "../../../support/provider_context.ts";

const values = {
  "an OAuth token": "sk-ant-oat01-0123456789abcdefghij",
  "an API key": "sk-ant-api03-0123456789abcdefghij",
};

for (const [kind, value] of Object.entries(values)) {
  Deno.test(`claude plans for ${kind} without its value`, async (t) => {
    const context = fakeProviderContext({ template: "claude", authToken: "CLAUDE" }, {
      CLAUDE: value,
    });
    const plan = claude.plan(context);
    const commands = Object.fromEntries(
      (["launch", "resume", "headless"] as const).map((name) =>
        [name, [plan[name](null), plan[name](plan.promptFile)]] as const
      ),
    );
    assert.doesNotMatch(JSON.stringify({ ...plan, commands }), /0123456789abcdefghij/);
    await t.assertSnapshot({ ...plan, ...commands });
  });
}

Deno.test("claude never has the task of a headless run on an argv", () => {
  const plan = claude.plan(
    fakeProviderContext({ template: "claude", authToken: "C" }, { C: "sk-ant-oat01-x" }),
  );
  assert.equal(plan.headless(null).stdin, "prompt");
  assert.deepEqual(plan.headless(null).argv.slice(0, 2), ["claude", "--print"]);
});

const refused = [
  { name: "a missing auth_token", manifest: {}, env: {}, code: "auth-token-missing" },
  {
    name: "a variable that is not set",
    manifest: { authToken: "CLAUDE" },
    env: {},
    code: "host-variable-missing",
  },
  ...["", "sk-ant-ort01-x", "sk-proj-x", " sk-ant-oat01-x"].map((value) => ({
    name: `the value ${JSON.stringify(value)}`,
    manifest: { authToken: "CLAUDE" },
    env: { CLAUDE: value },
    code: "credential-unknown",
  })),
];

for (const { name, manifest, env, code } of refused) {
  Deno.test(`claude refuses ${name} with ${code} and a hint`, () => {
    const context = fakeProviderContext({ template: "claude", ...manifest }, env);
    assert.throws(() => claude.plan(context), (error: Error & { code: string; hint: string }) => {
      assert.equal(error.code, code);
      assert.match(error.hint, /OAuth token/);
      assert.doesNotMatch(error.message, /sk-/);
      return true;
    });
  });
}

Deno.test("claude's Dockerfile pins the program, takes the extra CA, and holds no secret", () => {
  assert.match(claude.dockerfile, /^FROM node:22-slim$/m);
  assert.match(claude.dockerfile, /^ARG CLAUDE_CODE_VERSION=\d+\.\d+\.\d+$/m);
  assert.match(claude.dockerfile, /^COPY extra-ca\.pem /m);
  assert.doesNotMatch(claude.dockerfile, /^ENV /m);
});
