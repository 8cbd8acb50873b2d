import assert from "node:assert/strict";
import { decideRequest } from "../../../../../lib/egress/route/decide_request.ts";
import { parseHost } from "../../../../../lib/egress/host/host.ts";
import type { Route } from "../../../../../lib/egress/route/route.ts";
import { isLive, isMatchLive, lastsUntil } from "../../../../../lib/egress/route/route_expiry.ts";
import { compileRoutes, decide } from "../../../../../lib/egress/route/route_table.ts";

const NOW = Date.parse("2026-01-02T03:04:05.000Z");
const past = { expires_at: "2026-01-02T03:04:05.000Z" };
const coming = { expires_at: "2026-01-02T03:04:05.001Z" };

function judge(routes: readonly Omit<Route, "origin">[], method = "GET", path = "/"): string {
  const host = parseHost("www.example.com");
  assert.ok(host.kind !== "bad");
  const table = compileRoutes(routes.map((route) => ({ ...route, origin: "m" })));
  const place = { scheme: "https", host, port: 443 } as const;
  const connect = decide(table, place, NOW);
  if (!connect.ok) return `connect ${connect.reason}`;
  const request = decideRequest(table, { ...place, method, path, headers: [] }, NOW);
  return request.ok ? `by ${request.route.host}` : request.reason;
}

Deno.test("isMatchLive ends at its time, to the millisecond, and at what is no time", () => {
  assert.deepEqual(
    [{}, coming, past, { expires_at: "soon" }].map((match) => isMatchLive(match, NOW)),
    [true, true, false, false],
  );
});

Deno.test("isLive never takes a route whose matches are all over for one without limits", () => {
  const route = { host: "a.test", origin: "m" };
  assert.equal(isLive(route, NOW), true);
  assert.equal(isLive({ ...route, matches: [] }, NOW), true);
  assert.equal(isLive({ ...route, matches: [past] }, NOW), false);
});

Deno.test("decide refuses by an expired route as expired, and lets a wildcard decide in its place", () => {
  const host = "www.example.com";
  assert.equal(judge([{ host, matches: [coming] }]), `by ${host}`);
  assert.equal(judge([{ host, matches: [past] }]), "connect expired");
  assert.equal(judge([{ host: "*.example.com", matches: [past] }]), "connect expired");
  const wildcard = { host: "*.example.com" };
  assert.equal(judge([{ host, matches: [past] }, wildcard]), "by *.example.com");
  assert.equal(judge([{ host, matches: [coming] }, wildcard]), `by ${host}`);
});

Deno.test("decideRequest says expired only of what an expired match would have let pass", () => {
  const host = "www.example.com";
  const get = { methods: ["GET"], paths: [{ type: "exact", value: "/a" }] } as const;
  const routes = [{ host, matches: [get, { ...get, methods: ["PUT"], ...past }] }];
  assert.equal(judge(routes, "GET", "/a"), `by ${host}`);
  assert.equal(judge(routes, "PUT", "/a"), "expired");
  assert.equal(judge(routes, "POST", "/a"), "method");
  assert.equal(judge(routes, "PUT", "/b"), "no-match");
});

Deno.test("lastsUntil is the time of the last match, and no time where one stays or there is none", () => {
  const route = { host: "a.test", origin: "m" };
  assert.equal(lastsUntil(route), Infinity);
  assert.equal(lastsUntil({ ...route, matches: [] }), Infinity);
  assert.equal(lastsUntil({ ...route, matches: [coming, past] }), NOW + 1);
  assert.equal(lastsUntil({ ...route, matches: [past, { methods: ["GET"] }] }), Infinity);
});
