import assert from "node:assert/strict";
import { parseRoutesResult } from "../../../../lib/control/route_answer.ts";
import type { Route } from "../../../../lib/egress/route/route.ts";

const whole: readonly Route[] = [
  { host: "a.test", origin: "allow" },
  {
    host: "*.b.test",
    ports: [443, 8443],
    matches: [
      {},
      {
        methods: ["GET"],
        paths: [{ type: "prefix", value: "/v1/" }, { type: "glob", value: "/*/x" }],
        expires_at: "2026-01-02T03:04:05.000Z",
      },
    ],
    auth: { scheme: "bearer", token: "EGRESS_TOKEN_1" },
    allow_private: true,
    origin: "manifest dev.md:7",
  },
  { host: "c.test", auth: { scheme: "token", token: "EGRESS_TOKEN_2" }, origin: "m" },
  {
    host: "d.test",
    auth: { scheme: "basic", username: "u", token: "EGRESS_TOKEN_3" },
    origin: "m",
  },
  {
    host: "e.test",
    auth: { scheme: "header", header: "x-key", token: "EGRESS_TOKEN_44" },
    origin: "m",
  },
  {
    host: "f.test",
    matches: [{
      paths: [{ type: "regex", value: "/v[0-9]+" }],
      headers: [{ name: "accept", type: "exact", value: "a/b" }],
    }],
    auth: { scheme: "agent" },
    limits: { requests_per_minute: 60, bytes_out: 10, body_bytes: 5 },
    provider: true,
    origin: "m",
  },
  { host: "g.test", tls: "passthrough", origin: "m" },
];

Deno.test("parseRoutesResult reads every kind of route, and drops what it does not know", () => {
  const routes = whole.map((route) => ({ ...route, rule: "new" }));
  assert.deepEqual(parseRoutesResult({ routes, revision: 3 }), { routes: whole, revision: 3 });
});

const wrong: readonly (readonly [what: string, value: unknown])[] = [
  ["no list", { routes: {}, revision: 1 }],
  ["no revision", { routes: [] }],
  ["a route that is a text", { routes: ["a.test"], revision: 1 }],
  ["no host", { routes: [{ origin: "m" }], revision: 1 }],
  ["an escape sequence", { routes: [{ host: "a.test", origin: "\x1b[2J" }], revision: 1 }],
  ["an unknown path", {
    routes: [{ host: "a", origin: "m", matches: [{ paths: [{ type: "word", value: "/" }] }] }],
    revision: 1,
  }],
  ["a slot that is none", {
    routes: [{ host: "a", origin: "m", auth: { scheme: "bearer", token: "sk-1" } }],
    revision: 1,
  }],
];

for (const [what, value] of wrong) {
  Deno.test(`parseRoutesResult refuses ${what}`, () => {
    assert.throws(() => parseRoutesResult(value), { code: "shape-invalid" });
  });
}
