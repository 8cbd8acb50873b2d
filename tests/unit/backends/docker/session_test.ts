import assert from "node:assert/strict";
import { documentFor, endpointsOf } from "../../../../backends/docker/session.ts";
import type { LaunchOptions } from "../../../../backends/backend.ts";
import { madePlan } from "../../../support/made_plan.ts";

const options: LaunchOptions = {
  secrets: new Map(),
  answers: new Map(),
  progress: {
    step: () => ({ line: () => {}, done: () => {}, [Symbol.dispose]: () => {} }),
  },
  signal: new AbortController().signal,
  provision: () => Promise.resolve(),
};
const context = { random: (length: number): Uint8Array => new Uint8Array(length) };
const subnet = { cidr: "10.7.0.0/29", gateway: "10.7.0.1", bundle: "10.7.0.2", agent: "10.7.0.3" };
const extras = { privateExceptions: [], selfTest: { placeholder: "p", value: "v" } };

Deno.test("documentFor serves the agent alone, with the CA of the plan whatever its file holds now", async () => {
  const extraCa = { file: "/nowhere/ca.pem", pem: "the CA that the person saw" };
  const plan = await madePlan({ parts: { extraCa } });
  const { egress } = documentFor({ plan, options, context }, subnet, extras);
  assert.equal(egress.extra_ca_pem, extraCa.pem);
  assert.deepEqual(egress.peers, [subnet.agent]);
  assert.deepEqual(egress.listen, { address: subnet.bundle, port: 9099 });
});

Deno.test("endpointsOf names the gate where the bottle has repositories, and nowhere else", async () => {
  const result = { ca_pem: "pem", ca_sha256: "sha" };
  const none = endpointsOf(await madePlan(), subnet, result);
  assert.equal(none.gitGate, null);
  assert.deepEqual(none.noProxy, [subnet.bundle]);
  const widget = { url: "https://git.example.com/widget.git", key: { provider: "none" } };
  const plan = await madePlan({ bottle: { "git-gate": { repos: { widget } } } });
  assert.deepEqual(endpointsOf(plan, subnet, result), {
    ...none,
    gitGate: { scheme: "http", host: "git-gate", port: 9418 },
  });
});
