import assert from "node:assert/strict";
import { documentFor } from "../../../../backends/docker/session.ts";
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
const subnet = { cidr: "10.7.0.0/29", gateway: "10.7.0.1", bundle: "10.7.0.2", agent: "10.7.0.3" };
const extras = { privateExceptions: [], selfTest: { placeholder: "p", value: "v" } };

Deno.test("documentFor serves the agent alone, with the CA of the plan whatever its file holds now", async () => {
  const extraCa = { file: "/nowhere/ca.pem", pem: "the CA that the person saw" };
  const plan = await madePlan({ parts: { extraCa } });
  const { egress } = documentFor({ plan, options }, subnet, extras);
  assert.equal(egress.extra_ca_pem, extraCa.pem);
  assert.deepEqual(egress.peers, [subnet.agent]);
  assert.deepEqual(egress.listen, { address: subnet.bundle, port: 9099 });
});
