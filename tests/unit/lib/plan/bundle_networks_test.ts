import assert from "node:assert/strict";
import { canonicalNetworks } from "../../../../lib/plan/bundle_networks.ts";

Deno.test("canonicalNetworks puts mentions of one network together, hosts canonical and once", () => {
  const networks = canonicalNetworks([
    { name: "db", hosts: ["DB.internal.", "b.internal"] },
    { name: "other", hosts: [] },
    { name: "db", hosts: ["db.internal", "c"] },
  ]);
  assert.deepEqual(networks, [
    { name: "db", hosts: ["db.internal", "b.internal", "c"] },
    { name: "other", hosts: [] },
  ]);
});
