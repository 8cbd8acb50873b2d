import assert from "node:assert/strict";
import { DockerBottle } from "../../../../backends/docker/bottle.ts";
import { createEngine } from "../../../../backends/engine/engine.ts";
import type { LedgerRow } from "../../../../lib/egress/audit/audit_row.ts";
import type { RunOptions } from "../../../../lib/process/run.ts";
import { fakeRun } from "../../../support/context.ts";
import { madePlan } from "../../../support/made_plan.ts";

Deno.test("exec keeps a bounded part of what a guest prints, whoever listens to its lines", async () => {
  const seen: RunOptions[] = [];
  const run = fakeRun((_argv, options) => {
    seen.push(options);
    return {};
  });
  const bottle = new DockerBottle({
    engine: createEngine({ run }),
    plan: await madePlan(),
    endpoints: {
      proxyUrl: "http://egress:9099",
      gitGate: null,
      mcpUrl: null,
      noProxy: [],
      caPem: "",
      caSha256: "",
    },
    control: {
      call: () => Promise.reject(new Error("not asked")),
      audit: () => ReadableStream.from<LedgerRow>([]),
      closed: Promise.resolve(),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    },
    agentStart: { container: "a1", startedAt: "" },
    guestEnv: () => ({}),
    hasTerminal: false,
    stop: () => Promise.resolve(),
    remove: () => Promise.resolve(),
  });
  await bottle.exec(["yes"]);
  await bottle.exec(["yes"], { onLine: () => {} });
  assert.deepEqual(seen.map(({ keepBytes }) => keepBytes), [64 * 1024 ** 2, 64 * 1024 ** 2]);
});
