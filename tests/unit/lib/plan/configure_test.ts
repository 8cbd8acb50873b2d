import assert from "node:assert/strict";
import { parseEgressConfig } from "../../../../lib/egress/config_schema.ts";
import { BottleError } from "../../../../lib/errors.ts";
import { configureDocument, type ConfigureInputs } from "../../../../lib/plan/configure.ts";
import { Secret } from "../../../../lib/secret.ts";
import { madePlan, tokenProvider } from "../../../support/made_plan.ts";

const bottle = {
  agent_provider: { template: "claude", auth_token: "CLAUDE" },
  egress: {
    log: "blocked",
    routes: [
      { host: "*.Example.com", ports: [8443], allow_private: true },
      {
        host: "[2001:DB8::1]",
        matches: [{ methods: ["GET"], paths: [{ type: "prefix", value: "/~a/" }] }],
      },
      {
        host: "api.github.com",
        auth: { scheme: "header", header: "X-Api-Key", token_ref: "GITHUB" },
      },
      {
        host: "b.example",
        auth: { scheme: "basic", username: "x-access-token", token_ref: "GITHUB" },
      },
    ],
  },
};

const inputs: ConfigureInputs = {
  secrets: new Map([["CLAUDE", new Secret("claude-value")], [
    "GITHUB",
    new Secret("github-value"),
  ]]),
  addresses: {
    listen: { address: "172.20.0.2", port: 9099 },
    dns: { address: "172.20.0.2", port: 53, names: { egress: "172.20.0.2" } },
    peers: ["172.20.0.3"],
  },
  gate: {
    listen: { address: "172.20.0.2", port: 9418 },
    keys: new Map(),
    salt: new Uint8Array(32).fill(7),
  },
  extraCaPem: null,
  privateExceptions: [{ hosts: ["db.internal"], subnets: ["172.30.0.0/16"] }],
  selfTest: { placeholder: "p", value: "v" },
};

Deno.test("configureDocument makes what egress takes", async () => {
  const plan = await madePlan({ bottle, parts: { provider: tokenProvider } });
  const document = configureDocument(plan, inputs);
  assert.deepEqual([document.version, document.slug], [1, plan.slug]);
  assert.deepEqual(document.egress.tokens, {
    EGRESS_TOKEN_1: "claude-value",
    EGRESS_TOKEN_2: "github-value",
  });
  assert.equal(document.egress.log, "blocked");
  assert.equal(document.egress.ca, null);
  const parsed = parseEgressConfig(JSON.parse(JSON.stringify(document.egress)));
  assert.deepEqual(parsed.routes, plan.egress.routes);
  assert.deepEqual(parsed, document.egress);
});

Deno.test("configureDocument tells egress what the agent holds instead of credentials", async () => {
  const written = `bot-bottle-other-zz9zz-${"w".repeat(22)}`;
  const plan = await madePlan({
    bottle: { ...bottle, env: { API_TOKEN: written, PLAIN: "bot-bottle-is-a-name" } },
    parts: { provider: tokenProvider },
  });
  const { egress } = configureDocument(plan, inputs);
  const held = Object.values(plan.agent.env).filter((value) => value.includes("bot-bottle-"));
  assert.equal(held.length, 1);
  assert.deepEqual(egress.placeholders, [
    { value: held[0], token: "EGRESS_TOKEN_1" },
    { value: written, token: null },
  ]);
});

Deno.test("configureDocument puts the ledger where it is told", async () => {
  const plan = await madePlan();
  assert.match(configureDocument(plan, inputs).ledger.path, /^\//);
  assert.equal(configureDocument(plan, { ...inputs, ledgerPath: "/x.db" }).ledger.path, "/x.db");
});

Deno.test("configureDocument never goes on without a credential", async () => {
  const plan = await madePlan({ bottle, parts: { provider: tokenProvider } });
  assert.throws(() => configureDocument(plan, { ...inputs, secrets: new Map() }), (error) => {
    assert.ok(error instanceof BottleError);
    return error.code === "credential-missing" && error.exitCode === 125;
  });
});

Deno.test("configureDocument keeps a credential on the host when all its routes were denied", async () => {
  const at = "2026-01-02T03:04:05.000Z";
  const denied = (...hosts: readonly string[]): ReturnType<typeof madePlan> =>
    madePlan({
      bottle,
      spec: { routeChanges: hosts.map((host) => ({ action: "deny", host, at })) },
      parts: { provider: tokenProvider },
    });
  const tokensOf = async (...hosts: readonly string[]): Promise<readonly string[]> =>
    Object.keys(configureDocument(await denied(...hosts), inputs).egress.tokens);
  assert.deepEqual(await tokensOf("api.github.com"), ["EGRESS_TOKEN_1", "EGRESS_TOKEN_2"]);
  assert.deepEqual(await tokensOf("api.github.com", "b.example"), ["EGRESS_TOKEN_1"]);
  const plan = await denied("api.github.com", "b.example");
  assert.equal(plan.egress.tokens.length, 2, "the plan names what the manifest names");
  assert.equal(plan.egress.baseRoutes.length, plan.egress.routes.length + 2);
});
