import assert from "node:assert/strict";
import { fc } from "../../../../../lib/deps/fast_check.ts";
import { parseAddress } from "../../../../../lib/egress/host/address.ts";
import { explainRequest } from "../../../../../lib/egress/explain/explain.ts";
import type { ExplainOptions } from "../../../../../lib/egress/explain/explanation.ts";
import { findRemedy, type Remedy } from "../../../../../lib/egress/explain/remedy.ts";
import { changeRoutes } from "../../../../../lib/egress/route/route_change.ts";
import type { Route } from "../../../../../lib/egress/route/route.ts";
import { compileRoutes } from "../../../../../lib/egress/route/route_table.ts";

const routes: readonly Route[] = [
  { host: "api.test", matches: [{ methods: ["GET"] }], origin: "manifest dev.md:7" },
  {
    host: "field.test",
    matches: [{
      paths: [{ type: "exact", value: "/a" }],
      headers: [{ name: "x-a", type: "exact", value: "b" }],
    }],
    origin: "manifest dev.md:6",
  },
  {
    host: "key.test",
    matches: [{ methods: ["GET"], paths: [{ type: "exact", value: "/a" }] }],
    auth: { scheme: "bearer", token: "EGRESS_TOKEN_1" },
    origin: "manifest dev.md:8",
  },
  { host: "*.wide.test", matches: [{ methods: ["GET"] }], origin: "manifest dev.md:9" },
  {
    host: "old.test",
    matches: [{ expires_at: "1969-01-01T00:00:00.000Z" }],
    origin: "allow",
  },
];

function optionsFor(list: readonly Route[], address?: string): ExplainOptions {
  const parsed = address === undefined ? undefined : parseAddress(address);
  return {
    table: compileRoutes(list),
    now: 0,
    placeholders: [],
    exceptions: new Map(),
    joined: new Set(),
    isProxied: () => false,
    ...(parsed === undefined ? {} : { addresses: [parsed] }),
  };
}

function remedy(line: string, address?: string): Remedy {
  const [method = "", url = ""] = line.split(" ");
  const asked = { method, url, headers: [] };
  const options = optionsFor(routes, address);
  return findRemedy(asked, explainRequest(asked, options), routes, options);
}

/** A remedy in a line. */
function text(found: Remedy): string {
  switch (found.kind) {
    case "none":
      return "none";
    case "declined":
      return `declined: ${found.why}`;
    case "manifest":
      return `${found.host} ${found.key}: ${found.value}, then ${found.then?.reason ?? "passes"}`;
    case "allow": {
      const { host, ports, methods, paths } = found.change;
      const place = (paths ?? []).map(({ type, value }) => `${type} ${value}`).join();
      return `${host}${
        ports === null ? "" : `:${ports.join()}`
      } ${methods?.join()} ${place}, then ${found.then?.reason ?? "passes"}`;
    }
  }
}

const table: readonly (readonly [line: string, remedy: string, address?: string])[] = [
  ["GET https://api.test/", "none"],
  ["POST https://api.test/a?b", "api.test POST exact /a, then passes"],
  ["GET https://new.test/%7Ea", "new.test GET exact /~a, then passes"],
  ["GET https://new.test", "new.test GET exact /, then passes"],
  ["GET https://new.test:8443/a", "new.test:8443 GET exact /a, then passes"],
  ["GET http://new.test/a", "new.test GET exact /a, then passes"],
  ["GET https://new.test/a", "new.test GET exact /a, then private-address", "10.0.0.1"],
  [
    "POST https://x.wide.test/a",
    `declined: "*.wide.test" decides for every name below it; a route of its own for "x.wide.test" would take its place there`,
  ],
  [
    "GET https://x.wide.test:8443/a",
    `declined: "*.wide.test" decides for every name below it; a route of its own for "x.wide.test" would take its place there`,
  ],
  [
    "GET https://x.wide.test/a",
    `declined: "*.wide.test" decides for every name below it; a route of its own for "x.wide.test" would take its place there`,
    "10.0.0.1",
  ],
  [
    "GET https://field.test/a",
    `declined: the route "field.test" takes this path with certain header fields alone`,
  ],
  ["GET https://field.test/b", "field.test GET exact /b, then passes"],
  ["GET https://key.test/b", "key.test GET exact /b, then passes"],
  [
    "POST https://key.test/a",
    `declined: it would write with the credential of "key.test": add it to the route's "matches" if that is meant`,
  ],
  ["GET https://old.test/a", "old.test GET exact /a, then passes"],
  ["GET https://192.0.2.7/", "192.0.2.7 GET exact /, then private-address"],
  ["GET https://api.test:8443/", "api.test ports: [443, 8443], then passes"],
  ["POST https://api.test:8443/", "api.test ports: [443, 8443], then method"],
  ["GET https://api.test/", "api.test allow_private: true, then passes", "10.0.0.1"],
  ["GET https://api.test/", "none", "169.254.169.254"],
  ["TRACE https://api.test/", "none"],
  ["GET https://user@api.test/", "none"],
  ["POST https://api.test/x/git-receive-pack", "none"],
  ["POST https://new.test/x/git-receive-pack", "none"],
];
for (const [line, wanted, address] of table) {
  Deno.test(`findRemedy of ${line}${address === undefined ? "" : ` at ${address}`}`, () => {
    assert.equal(text(remedy(line, address)), wanted);
  });
}

Deno.test("findRemedy opens what was asked for, and nothing beside it", () => {
  const line = fc.record({
    method: fc.constantFrom("GET", "POST", "PUT"),
    host: fc.constantFrom("api.test", "new.test", "old.test"),
    path: fc.constantFrom("/a", "/a/b", "/c*", "/d%20e"),
  });
  fc.assert(fc.property(line, line, (one, other) => {
    const askedOf = ({ method, host, path }: typeof one): Parameters<typeof explainRequest>[0] => ({
      method,
      url: `https://${host}${path}`,
      headers: [],
    });
    const found = remedy(`${one.method} https://${one.host}${one.path}`);
    if (found.kind !== "allow") return;
    const changed = optionsFor(changeRoutes(routes, found.change, 0));
    assert.equal(explainRequest(askedOf(one), changed).verdict, "passes");
    const before = explainRequest(askedOf(other), optionsFor(routes)).verdict;
    const isSame = one.method === other.method && one.host === other.host &&
      one.path === other.path;
    if (!isSame) assert.equal(explainRequest(askedOf(other), changed).verdict, before);
  }));
});
