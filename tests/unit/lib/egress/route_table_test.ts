import assert from "node:assert/strict";
import { type Host, parseHost } from "../../../../lib/egress/host.ts";
import type { Route } from "../../../../lib/egress/route.ts";
import {
  compileRoutes,
  decide,
  decideRequest,
  describeMatch,
  findRoute,
} from "../../../../lib/egress/route_table.ts";

const origin = "manifest demo.md:7";

function host(text: string): Host {
  const parsed = parseHost(text);
  assert.ok(parsed.kind !== "bad", text);
  return parsed;
}

function routed(routes: readonly Omit<Route, "origin">[], text: string): string | undefined {
  const table = compileRoutes(routes.map((route) => ({ ...route, origin })));
  return findRoute(table, host(text))?.host;
}

/** `ok`, or the reason and the detail. */
function judge(route: Omit<Route, "origin">, method: string, url: string): string {
  const { protocol, hostname, port } = new URL(url);
  const scheme = protocol === "https:" ? "https" : "http";
  const decision = decideRequest(compileRoutes([{ ...route, origin }]), {
    scheme,
    host: host(hostname),
    port: Number(port) || (scheme === "https" ? 443 : 80),
    method,
    path: url.slice(url.indexOf("/", 8)),
  });
  return decision.ok ? "ok" : `${decision.reason}: ${decision.detail}`;
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

Deno.test("decideRequest lets the most specific route alone decide", () => {
  const table = compileRoutes([
    { host: "*.example.com", origin },
    { host: "api.example.com", matches: [{ methods: ["GET"] }], origin },
  ]);
  const request = { scheme: "https", port: 443, method: "POST", path: "/" } as const;
  assert.equal(decideRequest(table, { ...request, host: host("www.example.com") }).ok, true);
  assert.equal(decideRequest(table, { ...request, host: host("api.example.com") }).ok, false);
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

Deno.test("decideRequest takes any match, and all of one", () => {
  const route = {
    host: "a.com",
    matches: [
      { methods: ["GET", "HEAD"], paths: [{ type: "prefix", value: "/repos/" }] },
      {
        methods: ["POST"],
        paths: [{ type: "exact", value: "/graphql" }, { type: "exact", value: "/q" }],
      },
      { paths: [{ type: "prefix", value: "/open" }] },
      { methods: ["OPTIONS"] },
    ],
  } as const;
  const allowed = [
    "GET /repos/x",
    "HEAD /repos",
    "POST /graphql",
    "POST /q?x=1",
    "DELETE /open/x",
    "OPTIONS /x",
  ];
  for (const line of allowed) {
    const [method = "", path = ""] = line.split(" ");
    assert.equal(judge(route, method, `https://a.com${path}`), "ok", line);
  }
  const refused: [string, string, RegExp][] = [
    [
      "POST",
      "/repos/x",
      /^method: "POST" is not allowed on this path: GET, HEAD, OPTIONS would be$/,
    ],
    ["get", "/repos/x", /^method: "get"/],
    ["GET", "/graphql", /^method: .*: POST, OPTIONS would be$/],
    ["GET", "/graphql/", /^method: .*: OPTIONS would be$/],
  ];
  for (const [method, path, expected] of refused) {
    assert.match(judge(route, method, `https://a.com${path}`), expected, path);
  }
});

Deno.test("decideRequest says what would match, and repeats nothing of the path", () => {
  const route = {
    host: "*.a.com",
    matches: [
      { methods: ["GET"], paths: [{ type: "prefix", value: "/repos/" }] },
      { paths: [{ type: "exact", value: "/q" }] },
    ],
  } as const;
  assert.equal(
    judge(route, "GET", "https://x.a.com/SECRET?SECRET"),
    `no-match: The path fits none of the route "*.a.com": GET on /repos/*; any method on /q`,
  );
});

Deno.test("decideRequest refuses ambiguous paths where paths are limited, and only there", () => {
  const limited = {
    host: "a.com",
    matches: [{ paths: [{ type: "prefix", value: "/ok" }] }],
  } as const;
  const stars = { host: "a.com", matches: [{ paths: [{ type: "glob", value: "/**" }] }] } as const;
  const anyPath = {
    host: "a.com",
    matches: [{ methods: ["GET"], paths: [{ type: "prefix", value: "/" }] }],
  } as const;
  const byMethod = { host: "a.com", matches: [{ methods: ["GET"] }] } as const;
  const tricks = [
    "/ok/../admin",
    "/ok/%2e%2e/admin",
    "/ok/..%2fadmin",
    "/ok/..;/admin",
    "/ok//x",
    "/ok/%252e%252e/x",
  ]
    .concat([
      "/ok/%00",
      "/ok/..\\admin",
      "/x/../ok",
      "//ok",
      "/ok/..%5cadmin",
      "/ok/%",
      "/ok;/../admin",
    ]);
  for (const path of tricks) {
    assert.match(judge(limited, "GET", `https://a.com${path}`), /^protocol: Ambiguous path/, path);
    assert.match(judge(stars, "GET", `https://a.com${path}`), /^protocol: Ambiguous path/, path);
    assert.equal(judge(anyPath, "GET", `https://a.com${path}`), "ok", path);
    assert.equal(judge(byMethod, "GET", `https://a.com${path}`), "ok", path);
    assert.equal(judge({ host: "a.com" }, "GET", `https://a.com${path}`), "ok", path);
  }
});

Deno.test("decideRequest takes an exact path with an escaped slash, as its writer saw it", () => {
  const route = {
    host: "a.com",
    matches: [{ paths: [{ type: "exact", value: "/@s%2Fn" }] }],
  } as const;
  assert.equal(judge(route, "GET", "https://a.com/@s%2fn"), "ok");
  assert.match(judge(route, "GET", "https://a.com/@s%2fm"), /^protocol/);
  assert.match(judge(route, "GET", "https://a.com/@s/n"), /^no-match/);
});

Deno.test("decideRequest refuses what is no path under any route", () => {
  for (const path of ["a", "", "/a b", "/a\r\nx: y", "/ü", "/#"]) {
    const decision = decideRequest(compileRoutes([{ host: "a.com", origin }]), {
      scheme: "https",
      host: host("a.com"),
      port: 443,
      method: "GET",
      path,
    });
    assert.equal(!decision.ok && decision.reason, "protocol", JSON.stringify(path));
  }
});

Deno.test("decideRequest judges host and port before the path", () => {
  assert.match(judge({ host: "a.com" }, "GET", "https://b.com/a"), /^host-not-allowed/);
  assert.match(judge({ host: "a.com" }, "GET", "https://a.com:8443/a"), /^port/);
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

Deno.test("describeMatch writes a match in one line", () => {
  assert.equal(describeMatch({}), "any method on any path");
  assert.equal(describeMatch({ methods: ["GET", "PUT"] }), "GET, PUT on any path");
  const paths = [{ type: "prefix", value: "/" }, { type: "exact", value: "/x" }] as const;
  assert.equal(describeMatch({ paths }), "any method on /* or /x");
});
