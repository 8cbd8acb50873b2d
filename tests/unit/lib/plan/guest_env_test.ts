import assert from "node:assert/strict";
import { BottleError } from "../../../../lib/errors.ts";
import { isReservedEnv } from "../../../../lib/manifest/reserved_env.ts";
import type { BottleEndpoints } from "../../../../lib/plan/endpoints.ts";
import { guestEnvironment } from "../../../../lib/plan/guest_env.ts";
import { Secret } from "../../../../lib/secret.ts";
import { fakeProvider, madePlan } from "../../../support/made_plan.ts";

const endpoints: BottleEndpoints = {
  proxyUrl: "http://172.20.0.2:9099",
  gitGate: null,
  mcpUrl: null,
  noProxy: ["172.20.0.2", "localhost"],
  caPem: "",
  caSha256: "",
};

Deno.test("guestEnvironment is the table of the design", async (t) => {
  await t.assertSnapshot(guestEnvironment(await madePlan(), endpoints, new Map(), new Map()));
});

Deno.test("guestEnvironment names the gate and the MCP server where there are any", async () => {
  const env = guestEnvironment(
    await madePlan(),
    {
      ...endpoints,
      gitGate: { scheme: "http", host: "git-gate", port: 9418 },
      mcpUrl: "http://supervise:9100/mcp",
    },
    new Map(),
    new Map(),
  );
  assert.equal(env["GIT_GATE_URL"], "http://git-gate:9418");
  assert.equal(env["MCP_SUPERVISE_URL"], "http://supervise:9100/mcp");
});

Deno.test("guestEnvironment fills in forwarded and asked-for variables", async () => {
  const plan = await madePlan({
    bottle: { env: { A: "literal", B: "${HOST_B}", C: "?Why?" } },
    spec: { terminal: { TERM: "xterm", A: "from the terminal" } },
    parts: { provider: fakeProvider(() => ({ env: { P: "placeholder" } })) },
  });
  const env = guestEnvironment(
    plan,
    endpoints,
    new Map([["HOST_B", new Secret("b")]]),
    new Map([["C", "because"]]),
  );
  assert.deepEqual(
    ["A", "B", "C", "P", "TERM"].map((name) => env[name]),
    ["literal", "b", "because", "placeholder", "xterm"],
  );
});

Deno.test("guestEnvironment never starts without a value", async () => {
  const plan = await madePlan({ bottle: { env: { B: "${HOST_B}" } } });
  const ask = await madePlan({ bottle: { env: { C: "?Why?" } } });
  const cases = [[plan, "host-variable-missing", /"HOST_B"/], [
    ask,
    "answer-missing",
    /"C"/,
  ]] as const;
  for (const [which, code, message] of cases) {
    assert.throws(() => guestEnvironment(which, endpoints, new Map(), new Map()), (error) => {
      assert.ok(error instanceof BottleError);
      assert.deepEqual([error.code, error.exitCode], [code, 125]);
      return message.test(error.message);
    });
  }
});

Deno.test("guestEnvironment sets nothing that a manifest could have set as well", async () => {
  const names = Object.keys(guestEnvironment(
    await madePlan(),
    { ...endpoints, gitGate: { scheme: "http", host: "g", port: 1 }, mcpUrl: "x" },
    new Map(),
    new Map(),
  ));
  assert.deepEqual(names.filter((name) => !isReservedEnv(name)), []);
});

Deno.test("guestEnvironment lets its table win over a provider", async () => {
  const plan = await madePlan({
    parts: { provider: fakeProvider(() => ({ env: { HTTPS_PROXY: "http://evil" } })) },
  });
  assert.equal(
    guestEnvironment(plan, endpoints, new Map(), new Map())["HTTPS_PROXY"],
    endpoints.proxyUrl,
  );
});
