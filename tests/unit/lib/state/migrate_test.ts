import assert from "node:assert/strict";
import { migrateState } from "../../../../lib/state/migrate.ts";
import { parseState } from "../../../../lib/state/state.ts";

/** As the first version wrote it. */
const FIRST = {
  schema: 1,
  slug: "demo-ab12c",
  agent: "demo",
  bottle: null,
  label: "night",
  backend: "docker",
  cwd: "/home/ann/widget",
  bundle_networks: [],
  keep: true,
  created_at: "2026-01-02T03:00:00.000Z",
  phase: "stopped",
  sessions: 2,
  consent: "0".repeat(64),
  last: null,
};

Deno.test("parseState reads the first version's file as the present one's", () => {
  assert.deepEqual(parseState(JSON.stringify(FIRST), "/state.json"), {
    ...FIRST,
    schema: 2,
    image: null,
    image_used: null,
    credential_type: null,
    runtime: null,
    workspace: null,
    route_changes: [],
    agent_start: null,
  });
});

Deno.test("migrateState leaves alone what it doesn't know", () => {
  for (
    const value of [null, 1, "x", [], {}, { schema: "1" }, { schema: 99 }, { schema: "toString" }]
  ) {
    assert.deepEqual(migrateState(value), value);
  }
});
