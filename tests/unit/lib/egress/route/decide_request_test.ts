import assert from "node:assert/strict";
import { decideRequest } from "../../../../../lib/egress/route/decide_request.ts";
import { type Host, parseHost } from "../../../../../lib/egress/host/host.ts";
import type { HeaderList } from "../../../../../lib/egress/message.ts";
import type { Route } from "../../../../../lib/egress/route/route.ts";
import { compileRoutes } from "../../../../../lib/egress/route/route_table.ts";

const origin = "manifest demo.md:7";

function host(text: string): Host {
  const parsed = parseHost(text);
  assert.ok(parsed.kind !== "bad", text);
  return parsed;
}

/** `ok`, or the reason and the detail. */
function judge(
  route: Omit<Route, "origin">,
  method: string,
  url: string,
  headers: HeaderList = [],
): string {
  const { protocol, hostname, port } = new URL(url);
  const scheme = protocol === "https:" ? "https" : "http";
  const decision = decideRequest(compileRoutes([{ ...route, origin }]), {
    scheme,
    host: host(hostname),
    port: Number(port) || (scheme === "https" ? 443 : 80),
    method,
    path: url.slice(url.indexOf("/", 8)),
    headers,
  });
  return decision.ok ? "ok" : `${decision.reason}: ${decision.detail}`;
}

Deno.test("decideRequest lets the most specific route alone decide", () => {
  const table = compileRoutes([
    { host: "*.example.com", origin },
    { host: "api.example.com", matches: [{ methods: ["GET"] }], origin },
  ]);
  const request = { scheme: "https", port: 443, method: "POST", path: "/", headers: [] } as const;
  assert.equal(decideRequest(table, { ...request, host: host("www.example.com") }).ok, true);
  assert.equal(decideRequest(table, { ...request, host: host("api.example.com") }).ok, false);
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
      headers: [],
    });
    assert.equal(!decision.ok && decision.reason, "protocol", JSON.stringify(path));
  }
});

Deno.test("decideRequest judges host and port before the path", () => {
  assert.match(judge({ host: "a.com" }, "GET", "https://b.com/a"), /^host-not-allowed/);
  assert.match(judge({ host: "a.com" }, "GET", "https://a.com:8443/a"), /^port/);
});

Deno.test("decideRequest compares an expression with the whole path, in its normal form", () => {
  const paths = [{ type: "regex", value: "/repos/[^/]+/[^/]+/(issues|pulls)(/[0-9]+)?" }] as const;
  const route = { host: "a.com", matches: [{ methods: ["GET"], paths }] };
  for (const path of ["/repos/a/b/issues", "/repos/a/b/pulls/7?x=/y", "/rep%6Fs/a/b/issues"]) {
    assert.equal(judge(route, "GET", `https://a.com${path}`), "ok", path);
  }
  assert.match(judge(route, "POST", "https://a.com/repos/a/b/issues"), /^method: /);
  for (const path of ["/repos/a/b/issues/", "/x/repos/a/b/issues", "/repos/a/b/issues/7/lock"]) {
    assert.match(judge(route, "GET", `https://a.com${path}`), /^no-match: .*regex "/, path);
  }
});

Deno.test("decideRequest lets no path of which two servers could make two fit an expression", () => {
  const route = { host: "a.com", matches: [{ paths: [{ type: "regex", value: "/.*" }] }] } as const;
  const tricks = [
    "/a/../b",
    "/a%2Fb",
    "/a//b",
    "/a;b",
    "/a%00",
    "/a%3F/b",
    "/a%23b",
    "/a%EF%BC%8Fb",
    "/a%FF",
  ];
  for (const path of tricks) {
    assert.match(judge(route, "GET", `https://a.com${path}`), /^protocol: Ambiguous path/, path);
  }
  assert.equal(judge(route, "GET", "https://a.com/a/b%20c/%C3%BC?x=%2F.."), "ok");
});

Deno.test("decideRequest lets a path that a server may end earlier fit a prefix, and no glob", () => {
  const prefix = {
    host: "a.com",
    matches: [{ paths: [{ type: "prefix", value: "/c" }] }],
  } as const;
  const glob = {
    host: "a.com",
    matches: [{ paths: [{ type: "glob", value: "/*/refs" }] }],
  } as const;
  assert.equal(judge(prefix, "GET", "https://a.com/c/C%23/x.cs"), "ok");
  assert.match(judge(prefix, "GET", "https://a.com/d/C%23"), /^no-match/);
  assert.match(judge(glob, "GET", "https://a.com/secret%3F/refs"), /^protocol: .*question mark/);
});

Deno.test("decideRequest says which fields would fit, and repeats nothing of the request", () => {
  const headers = [{ name: "accept", type: "regex", value: "application/.*" }] as const;
  const route = { host: "a.com", matches: [{ methods: ["GET"], headers }] };
  const ask = (fields: HeaderList): string => judge(route, "GET", "https://a.com/", fields);
  assert.equal(ask([["Accept", "application/json"]]), "ok");
  assert.equal(
    ask([["Accept", "SECRET"]]),
    `no-match: The header fields fit none of: GET on any path with accept regex "application/.*"`,
  );
  assert.match(
    judge(route, "PUT", "https://a.com/", [["Accept", "application/json"]]),
    /^method: /,
  );
});
