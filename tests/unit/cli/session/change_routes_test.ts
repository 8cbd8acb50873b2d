import assert from "node:assert/strict";
import { findWide } from "../../../../cli/session/change_routes.ts";
import type { PathMatch, Route } from "../../../../lib/egress/route/route.ts";
import type { AllowChange } from "../../../../lib/egress/route/route_change.ts";

const route: Route = { host: "api.test", matches: [{ methods: ["GET"] }], origin: "m" };
const withToken: Route = { ...route, auth: { scheme: "bearer", token: "EGRESS_TOKEN_1" } };

function allow(given: Partial<AllowChange> = {}): AllowChange {
  const any = { ports: null, methods: null, paths: null, expires_at: null };
  return { action: "allow", host: "api.test", at: "2026-01-02T03:04:05.000Z", ...any, ...given };
}

function wide(change: AllowChange, before: Route | null): string | undefined {
  return findWide(change, before)?.kind;
}

Deno.test("findWide wants every wildcard typed, and a denial never", () => {
  assert.equal(wide(allow({ host: "*.test", methods: ["GET"] }), null), "wildcard");
  const deny = { action: "deny", host: "*.test", at: "2026-01-02T03:04:05.000Z" } as const;
  assert.equal(findWide(deny, withToken), undefined);
});

Deno.test("findWide knows everything under a credential, in whatever words", () => {
  const everything: readonly (readonly PathMatch[] | null)[] = [
    null,
    [{ type: "prefix", value: "/" }],
    [{ type: "exact", value: "/v1" }, { type: "glob", value: "/**" }],
    [{ type: "glob", value: "/**/**" }],
  ];
  for (const paths of everything) {
    assert.equal(wide(allow({ paths }), withToken), "everything-with-credential");
    assert.equal(wide(allow({ paths }), route), undefined);
    assert.equal(wide(allow({ paths }), null), undefined);
    assert.equal(wide(allow({ paths, methods: ["GET"] }), withToken), undefined);
  }
  assert.equal(wide(allow({ paths: [{ type: "prefix", value: "/v1" }] }), withToken), undefined);
  assert.equal(wide(allow({ paths: [{ type: "exact", value: "/" }] }), withToken), undefined);
});
