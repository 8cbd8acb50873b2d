import assert from "node:assert/strict";
import { allowlistOf } from "../../../../../lib/egress/route/allowlist.ts";

const NOW = Date.parse("2026-01-02T03:04:05.000Z");

Deno.test("allowlistOf tells what passes, and nothing of slots, user names, headers of credentials and files", () => {
  const { routes } = allowlistOf([
    {
      host: "api.test",
      ports: [8443],
      matches: [{
        methods: ["GET"],
        paths: [{ type: "regex", value: "/v[0-9]" }],
        headers: [{ name: "accept", type: "exact", value: "a/b" }],
      }],
      auth: { scheme: "basic", username: "marker-user", token: "EGRESS_TOKEN_7" },
      limits: { bytes_out: 5 },
      provider: true,
      allow_private: true,
      origin: "manifest /home/marker-person/b.md:3",
    },
    { host: "blind.test", tls: "passthrough", origin: "allow" },
  ], NOW);
  assert.deepEqual(routes, [
    {
      host: "api.test",
      ports: [8443],
      matches: [{
        methods: ["GET"],
        paths: [{ type: "regex", value: "/v[0-9]" }],
        headers: [{ name: "accept", type: "exact", value: "a/b" }],
        expires_at: null,
      }],
      auth: "basic",
      limits: { bytes_out: 5 },
      tls: "intercept",
    },
    { host: "blind.test", ports: null, matches: [], auth: null, limits: null, tls: "passthrough" },
  ]);
  assert.doesNotMatch(JSON.stringify(routes), /marker|EGRESS_TOKEN/);
});

Deno.test("allowlistOf leaves out what is over", () => {
  const past = { expires_at: "2026-01-02T03:04:04.000Z" };
  const coming = { methods: ["GET"], expires_at: "2026-01-02T03:04:06.000Z" };
  const { routes } = allowlistOf([
    { host: "a.test", matches: [past], origin: "allow" },
    { host: "b.test", matches: [past, coming], origin: "allow" },
  ], NOW);
  assert.deepEqual(routes.map(({ host, matches }) => [host, matches.length]), [["b.test", 1]]);
});
