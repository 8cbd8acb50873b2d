import assert from "node:assert/strict";
import { askCredentials } from "../../../../lib/credential/ask.ts";
import { BottleError } from "../../../../lib/errors.ts";
import type { CredentialSource } from "../../../../lib/manifest/credential.ts";
import { DEFAULT_RULES } from "../../../../lib/git_gate/config.ts";
import type { GateRepoPlan, TokenPlan } from "../../../../lib/plan/plan.ts";
import { fakeContext, fakeRun } from "../../../support/context.ts";
import { manifestFiles } from "../../../support/manifest_files.ts";
import { envSource, fakeManifest, fakePlan } from "../../../support/plan.ts";

const command: CredentialSource = { kind: "command", argv: ["pass", "show", "x"] };

function planOf(
  ...tokens: readonly Pick<TokenPlan, "ref" | "expects">[]
): ReturnType<typeof fakePlan> {
  return fakePlan({
    manifest: fakeManifest({ template: "claude", authToken: command }),
    egress: {
      ...fakePlan().egress,
      tokens: tokens.map((token, at) => ({ slot: `EGRESS_TOKEN_${at + 1}`, ...token })),
    },
  });
}

Deno.test("askCredentials asks each source, commands last", async () => {
  await using files = await manifestFiles();
  const path = await files.write("token", "of a file\n");
  await Deno.chmod(path, 0o600);
  const asked: string[] = [];
  const context = fakeContext({
    env: (name) => `of ${name}`,
    run: fakeRun(() => ({ stdout: new TextEncoder().encode("of a command\n") })),
  });
  const plan = planOf({ ref: command }, { ref: envSource("A") }, { ref: { kind: "file", path } });
  const secrets = await askCredentials(plan, {
    ...context,
    mayAsk: false,
    onCommand: (command) => asked.push(command),
  });
  assert.deepEqual([...secrets].map(([key, secret]) => [key, secret.reveal()]), [
    ["A", "of A"],
    [`file:${path}`, "of a file"],
    ['command:["pass","show","x"]', "of a command"],
  ]);
  assert.deepEqual(asked, ['"pass show x"']);
  assert.doesNotMatch(Deno.inspect(secrets) + JSON.stringify([...secrets]), /of a (file|command)/);
});

Deno.test("askCredentials runs no command when something else is missing", async () => {
  const run = fakeRun();
  const plan = planOf({ ref: command }, { ref: envSource("A") });
  const context = { ...fakeContext({ run }), mayAsk: false };
  await assert.rejects(askCredentials(plan, context), /The host variable "A" is not set/);
  assert.deepEqual(run.calls, []);
});

Deno.test("askCredentials refuses a value of another kind than was planned for", async () => {
  const run = fakeRun(() => ({ stdout: new TextEncoder().encode("sk-api-s3cret") }));
  const expects = { prefix: "sk-oauth", hint: "Write kind: api_key" };
  const context = { ...fakeContext({ run }), mayAsk: false };
  await assert.rejects(askCredentials(planOf({ ref: command, expects }), context), (error) => {
    assert.ok(error instanceof BottleError);
    assert.deepEqual([error.code, error.exitCode], ["credential-mismatch", 125]);
    assert.equal(error.hint, expects.hint);
    assert.match(error.place?.file ?? "", /dev\.md$/);
    assert.doesNotMatch(error.message, /s3cret/);
    return true;
  });
});

Deno.test("askCredentials asks for what opens repositories too, each source once", async () => {
  const asked: string[] = [];
  const plan = planOf({ ref: envSource("A") });
  const token = (name: string, tokenRef: CredentialSource): GateRepoPlan => ({
    name,
    url: "https://git.example.com/lib",
    upstream: { scheme: "https", host: "git.example.com", port: 443, path: "/lib" },
    key: { provider: "token", tokenRef, username: "git" },
    push: "allow",
    rules: DEFAULT_RULES,
    place: { file: "dev.md" },
  });
  const repos = [
    token("c", command),
    token("a", envSource("A")),
    token("b", envSource("B")),
    { ...token("d", command), key: { provider: "none" } as const },
  ];
  const secrets = await askCredentials(
    fakePlan({ ...plan.fields, gitGate: { ...plan.gitGate, repos } }),
    {
      ...fakeContext({
        env: (name) => (asked.push(name), `of ${name}`),
        run: fakeRun(() => ({ stdout: new TextEncoder().encode("of a command") })),
      }),
      mayAsk: false,
    },
  );
  assert.deepEqual([...secrets.keys()], ["A", "B", 'command:["pass","show","x"]']);
  assert.deepEqual(asked, ["A", "B"]);
});
