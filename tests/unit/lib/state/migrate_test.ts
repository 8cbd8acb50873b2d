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
    transcript_paths: [],
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

Deno.test("parseState reads changes of routes, and none that egress would not take", () => {
  const allow = {
    action: "allow",
    host: "*.example.com",
    ports: [8443],
    methods: ["GET"],
    paths: [{ type: "prefix", value: "/v1/" }],
    expires_at: null,
    at: "2026-01-02T03:04:05.000Z",
  };
  const deny = { action: "deny", host: "a.test", at: "2026-01-02T03:04:05.000Z" };
  const stateWith = (changes: readonly unknown[]): string =>
    JSON.stringify({ ...Object(migrateState(FIRST)), route_changes: changes });
  const { route_changes: changes } = parseState(stateWith([allow, deny]), "/state.json");
  assert.deepEqual(changes, [allow, deny]);
  for (
    const wrong of [
      { ...allow, host: "EXAMPLE.com" },
      { ...allow, methods: ["get"] },
      { ...allow, ports: [] },
      { ...allow, paths: [{ type: "prefix", value: "v1" }] },
      { ...allow, expires_at: "tomorrow" },
      { ...allow, auth: { scheme: "bearer", token: "EGRESS_TOKEN_1" } },
      { ...allow, allow_private: true },
      { ...deny, action: "forget" },
    ]
  ) {
    assert.throws(() => parseState(stateWith([wrong]), "/state.json"), { code: "state-corrupted" });
  }
});
