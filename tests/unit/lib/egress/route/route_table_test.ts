import assert from "node:assert/strict";
import { type Host, parseHost } from "../../../../../lib/egress/host/host.ts";
import type { Route, RouteMatch } from "../../../../../lib/egress/route/route.ts";
import { compileRoutes, decide, findRoute } from "../../../../../lib/egress/route/route_table.ts";

const origin = "manifest demo.md:7";

function host(text: string): Host {
  const parsed = parseHost(text);
  assert.ok(parsed.kind !== "bad", text);
  return parsed;
}

function routed(routes: readonly Omit<Route, "origin">[], text: string): string | undefined {
  const table = compileRoutes(routes.map((route) => ({ ...route, origin })));
  return findRoute(table, host(text))?.route.host;
}

Deno.test("findRoute takes the exact host before a wildcard, and the longest wildcard first", () => {
  const routes = ["*.example.com", "*.b.example.com", "a.b.example.com", "10.0.0.1", "[::1]"]
    .map((host) => ({ host }));
  const cases: [string, string | undefined][] = [
    ["a.b.example.com", "a.b.example.com"],
    ["A.B.Example.com.", "a.b.example.com"],
    ["x.a.b.example.com", "*.b.example.com"],
    ["x.b.example.com", "*.b.example.com"],
    ["b.example.com", "*.example.com"],
    ["x.c.example.com", "*.example.com"],
    ["example.com", undefined],
    ["evil-example.com", undefined],
    ["example.com.evil.com", undefined],
    ["a.example.com.evil.com", undefined],
    ["10.0.0.1", "10.0.0.1"],
    ["[0::1]", "[::1]"],
    ["[::ffff:10.0.0.1]", undefined],
    ["10.0.0.2", undefined],
  ];
  for (const order of [routes, routes.toReversed()]) {
    for (const [text, expected] of cases) assert.equal(routed(order, text), expected, text);
  }
});

Deno.test("decide names why a host or a port is refused", () => {
  const table = compileRoutes([{ host: "a.com", origin }, {
    host: "b.com",
    ports: [8443, 80],
    origin,
  }, { host: "d.com", ports: [443], origin }]);
  const ask = (scheme: "http" | "https", text: string, port: number): string => {
    const decision = decide(table, { scheme, host: host(text), port });
    return decision.ok ? decision.route.host : `${decision.reason}: ${decision.detail}`;
  };
  assert.equal(ask("https", "a.com", 443), "a.com");
  assert.equal(ask("http", "a.com", 80), "a.com");
  assert.equal(ask("http", "a.com", 443), "port: Port 443 takes https only, by CONNECT");
  assert.equal(ask("https", "a.com", 80), `port: Port 80 is not one of the route "a.com": 443`);
  assert.equal(ask("https", "b.com", 8443), "b.com");
  assert.equal(ask("https", "d.com", 443), "d.com");
  assert.equal(ask("http", "d.com", 443), "port: Port 443 takes https only, by CONNECT");
  assert.equal(
    ask("https", "b.com", 443),
    `port: Port 443 is not one of the route "b.com": 8443, 80`,
  );
  assert.equal(ask("https", "c.com", 443), `host-not-allowed: No route names "c.com"`);
  assert.match(
    ask("https", "1.2.3.4", 443),
    /^ip-literal: No route names the address "1\.2\.3\.4"/,
  );
  assert.match(ask("https", "[::1]", 443), /^ip-literal: No route names the address "\[::1\]"/);
});

Deno.test("decide refuses everything under no routes", () => {
  const decision = decide(compileRoutes([]), { scheme: "https", host: host("a.com"), port: 443 });
  assert.equal(!decision.ok && decision.reason, "host-not-allowed");
});

Deno.test("compileRoutes refuses hosts that stand twice, in whatever spelling", () => {
  for (const twice of [["a.com", "A.com."], ["*.a.com", "*.A.com"], ["[::1]", "[0::1]"]]) {
    const routes = twice.map((host) => ({ host, origin }));
    assert.throws(() => compileRoutes(routes), { code: "route-duplicate" });
  }
  assert.doesNotThrow(() =>
    compileRoutes([{ host: "a.com", origin }, { host: "*.a.com", origin }])
  );
});

Deno.test("compileRoutes refuses what a route can't be, with its origin and why", () => {
  const paths = (value: string): readonly RouteMatch[] => [{ paths: [{ type: "regex", value }] }];
  const bad: [Omit<Route, "host" | "origin">, RegExp][] = [
    [{ matches: paths("/(") }, /path "\/\(": RE2 does not take it/],
    [{ matches: paths("v1") }, /begins with a slash/],
    [{ matches: [{ headers: [{ name: "host", type: "exact", value: "x" }] }] }, /header "host"/],
    [{
      matches: [{ headers: [{ name: "x-key", type: "exact", value: "x" }] }],
      auth: { scheme: "header", header: "X-Key", token: "EGRESS_TOKEN_1" },
    }, /header "x-key": on this route egress takes it off/],
    [{ tls: "passthrough", auth: { scheme: "agent" } }, /can't stand beside "auth"/],
    [{ tls: "passthrough", matches: [{ methods: ["GET"] }] }, /beside "matches"/],
    [{ tls: "passthrough", limits: { body_bytes: 1 } }, /beside "limits"/],
  ];
  for (const [parts, why] of bad) {
    assert.throws(() => compileRoutes([{ host: "a.com", ...parts, origin }]), {
      code: "route-invalid",
      hint: why,
      details: [origin],
    });
  }
  compileRoutes([{ host: "a.com", tls: "passthrough", matches: [{ expires_at: "x" }], origin }]);
});

Deno.test("compileRoutes bounds how many expressions there are", () => {
  const route = (host: string, count: number): Route => ({
    host,
    matches: [{ paths: Array.from({ length: count }, () => ({ type: "regex", value: "/a" })) }],
    origin,
  });
  compileRoutes([route("a.com", 32), route("b.com", 32)]);
  assert.throws(() => compileRoutes([route("a.com", 32), route("b.com", 33)]), {
    code: "route-invalid",
    hint: /at most 64/,
  });
});

Deno.test("compileRoutes refuses bad hosts and paths, with their origin", () => {
  for (const bad of ["*", "*.com", "a b", "127.1", ""]) {
    assert.throws(() => compileRoutes([{ host: bad, origin }]), {
      code: "route-invalid",
      details: [origin],
    });
  }
  for (const value of ["x", "/a/../b", "/%41"]) {
    const matches = [{ paths: [{ type: "prefix", value }] }] as const;
    assert.throws(() => compileRoutes([{ host: "a.com", matches, origin }]), {
      code: "route-invalid",
    });
  }
});
