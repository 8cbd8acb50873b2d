import assert from "node:assert/strict";
import { fc } from "../../../../../lib/deps/fast_check.ts";
import { type Host, parseHost } from "../../../../../lib/egress/host/host.ts";
import {
  type AllowChange,
  changeRoutes,
  coversMatch,
  type RouteChange,
} from "../../../../../lib/egress/route/route_change.ts";
import { checkReplacement } from "../../../../../lib/egress/route/route_diff.ts";
import {
  appendChange,
  liveChanges,
  replayChanges,
} from "../../../../../lib/egress/route/route_log.ts";
import type { PathMatch, Route, RouteMatch } from "../../../../../lib/egress/route/route.ts";
import { decideRequest } from "../../../../../lib/egress/route/decide_request.ts";
import { compileRoutes } from "../../../../../lib/egress/route/route_table.ts";
import { BottleError } from "../../../../../lib/errors.ts";

const NOW = Date.parse("2026-01-02T03:04:05.000Z");
const LATER = new Date(NOW + 3_600_000).toISOString();
const PAST = new Date(NOW - 1).toISOString();
const at = new Date(NOW).toISOString();

function allow(host: string, given: Partial<AllowChange> = {}): AllowChange {
  const any = { ports: null, methods: null, paths: null, expires_at: null };
  return { action: "allow", host, at, ...any, ...given };
}

function deny(host: string): RouteChange {
  return { action: "deny", host, at };
}

const github: Route = {
  host: "api.github.com",
  matches: [{ methods: ["GET"], paths: [{ type: "prefix", value: "/repos/" }] }],
  auth: { scheme: "bearer", token: "EGRESS_TOKEN_1" },
  origin: "manifest dev.md:7",
};
const pages: Route = { host: "*.example.com", matches: [{ methods: ["GET"] }], origin: "m" };

Deno.test("changeRoutes allows a host without a route by one of its own", () => {
  const paths: PathMatch[] = [{ type: "exact", value: "/v1" }];
  assert.deepEqual(
    changeRoutes([github], allow("a.test", { methods: ["POST"], paths, ports: [8443] }), NOW),
    [github, {
      host: "a.test",
      ports: [8443],
      matches: [{ methods: ["POST"], paths }],
      origin: "allow",
    }],
  );
});

Deno.test("changeRoutes adds a match to the route there is, and leaves its credential", () => {
  const [route] = changeRoutes([github], allow(github.host, { methods: ["POST"] }), NOW);
  assert.deepEqual(route, {
    ...github,
    matches: [...github.matches ?? [], { methods: ["POST"] }],
    origin: "manifest dev.md:7, allow",
  });
});

Deno.test("changeRoutes gives the same list back for what is allowed already", () => {
  const routes = [github, pages, { host: "all.test", ports: [443, 8443], origin: "m" }];
  const paths: PathMatch[] = [{ type: "exact", value: "/repos/x" }];
  for (
    const change of [
      allow("all.test"),
      allow("all.test", { ports: [8443], methods: ["PUT"], expires_at: LATER }),
      allow(github.host, { methods: ["GET"], paths }),
      allow("www.example.com", { methods: ["GET"] }),
      allow("new.test", { expires_at: PAST }),
      deny("nobody.test"),
    ]
  ) assert.equal(changeRoutes(routes, change, NOW), routes, JSON.stringify(change));
});

Deno.test("changeRoutes adds an exact path that two servers could read differently: only itself holds for it", () => {
  const route: Route = {
    host: "a.test",
    matches: [{ paths: [{ type: "prefix", value: "/v" }, { type: "glob", value: "/w/*" }] }],
    origin: "m",
  };
  for (const value of ["/v/@scope%2Fname", "/w/a%2Fb"]) {
    const added = allow("a.test", { paths: [{ type: "exact", value }] });
    const changed = changeRoutes([route], added, NOW);
    const host = known("a.test");
    const request = { scheme: "https", host, port: 443, method: "GET", headers: [] } as const;
    assert.ok(decideRequest(compileRoutes(changed), { ...request, path: value }, NOW).ok, value);
  }
  const all: Route = { ...route, matches: [{ paths: [{ type: "prefix", value: "/" }] }] };
  const added = allow("a.test", { paths: [{ type: "exact", value: "/v/@scope%2Fname" }] });
  assert.equal(changeRoutes([all], added, NOW)[0], all);
});

Deno.test("changeRoutes refuses what would take a wildcard's place, or leave the host open to one", () => {
  const exact: Route = { host: "www.example.com", origin: "m" };
  const narrow: Route = { host: "*.b.example.com", origin: "m" };
  for (
    const [routes, change] of [
      [[pages], allow("www.example.com")],
      [[pages], allow("*.b.example.com")],
      [[pages], deny("www.example.com")],
      [[pages, exact], deny("www.example.com")],
      [[pages, narrow], deny("*.b.example.com")],
    ] as const
  ) {
    assert.throws(() => changeRoutes(routes, change, NOW), {
      code: "route-covered",
      message: /\*\.example\.com/,
    });
  }
  assert.deepEqual(changeRoutes([pages, exact], deny("*.example.com"), NOW), [exact]);
});

Deno.test("changeRoutes refuses ports that the host's other matches would get too", () => {
  for (const ports of [undefined, [443]]) {
    const route = { ...github, ...(ports && { ports }) };
    assert.throws(() => changeRoutes([route], allow(github.host, { ports: [8443] }), NOW), {
      code: "route-ports",
    });
  }
});

Deno.test("changeRoutes takes an expired route for none, and drops expired matches beside a new one", () => {
  const gone: Route = { host: "a.example.com", matches: [{ expires_at: PAST }], origin: "allow" };
  assert.deepEqual(
    changeRoutes([gone], allow(gone.host, { ports: [8443] }), NOW),
    [{ host: gone.host, ports: [8443], origin: "allow" }],
  );
  const half = { ...gone, matches: [{ expires_at: PAST }, { methods: ["GET"] }] };
  assert.deepEqual(
    changeRoutes([half], allow(gone.host, { methods: ["PUT"] }), NOW)[0]?.matches,
    [{ methods: ["GET"] }, { methods: ["PUT"] }],
  );
});

const HOSTS = ["a.test", "b.a.test", "c.b.a.test", "*.a.test", "*.b.a.test", "10.0.0.1"];
const ASKED = ["a.test", "b.a.test", "c.b.a.test", "x.a.test", "x.b.a.test", "10.0.0.1"];
const pathText = fc.constantFrom("/", "/v", "/v/", "/v/1", "/v/1/2", "/w");
const path: fc.Arbitrary<PathMatch> = fc.oneof(
  fc.record({ type: fc.constantFrom("prefix" as const, "exact" as const), value: pathText }),
  fc.record({
    type: fc.constant("glob" as const),
    value: fc.constantFrom("/*", "/v/*", "/v/**", "/*/1"),
  }),
);
const methods = fc.subarray(["GET", "POST", "PUT"], { minLength: 1 });
const until = fc.constantFrom(LATER, PAST, new Date(NOW + 60_000).toISOString());
const match: fc.Arbitrary<RouteMatch> = fc.record({
  methods,
  paths: fc.array(path, { minLength: 1, maxLength: 2 }),
  expires_at: until,
}, { requiredKeys: [] });
const port = fc.subarray([443, 8443], { minLength: 1 });
const routes: fc.Arbitrary<readonly Route[]> = fc.uniqueArray(
  fc.record({
    host: fc.constantFrom(...HOSTS),
    ports: port,
    matches: fc.array(match, { maxLength: 2 }),
    auth: fc.constant({ scheme: "bearer", token: "EGRESS_TOKEN_1" } as const),
    allow_private: fc.boolean(),
    origin: fc.constant("m"),
  }, { requiredKeys: ["host", "origin"] }).map(withoutEnd),
  { selector: ({ host }) => host, maxLength: 5 },
);
const orNull = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value);
const change: fc.Arbitrary<RouteChange> = fc.oneof(
  fc.record({
    action: fc.constant("allow" as const),
    host: fc.constantFrom(...HOSTS),
    ports: orNull(port),
    methods: orNull(methods),
    paths: orNull(fc.array(path, { minLength: 1, maxLength: 2 })),
    expires_at: orNull(until),
    at: fc.constant(at),
  }),
  fc.record({
    action: fc.constant("deny" as const),
    host: fc.constantFrom(...HOSTS),
    at: fc.constant(at),
  }),
);

/** A manifest gives no credential and no private address for a time, and nothing else gives any. */
function withoutEnd(route: Route): Route {
  const { matches, auth, allow_private } = route;
  if (matches === undefined || auth === undefined && allow_private !== true) return route;
  return { ...route, matches: matches.map(({ expires_at: _, ...match }) => match) };
}

/** Every request of a small world, and whether the routes let it pass. */
function passing(list: readonly Route[]): ReadonlySet<string> {
  const table = compileRoutes(list);
  const passed = new Set<string>();
  for (const host of ASKED) {
    for (const port of [443, 8443]) {
      for (const method of ["GET", "POST", "PUT"]) {
        for (const path of ["/", "/v", "/v/1", "/v/1/2", "/w/1"]) {
          const line = { method, path, headers: [] };
          const place = { scheme: "https", host: known(host), port } as const;
          const { ok } = decideRequest(table, { ...place, ...line }, NOW);
          if (ok) passed.add(`${method} ${host}:${port}${path}`);
        }
      }
    }
  }
  return passed;
}

function known(text: string): Host {
  const host = parseHost(text);
  assert.ok(host.kind !== "bad");
  return host;
}

function tried(list: readonly Route[], one: RouteChange): readonly Route[] | undefined {
  try {
    return changeRoutes(list, one, NOW);
  } catch (error) {
    assert.ok(error instanceof BottleError, String(error));
    return undefined;
  }
}

Deno.test("changeRoutes: allowing narrows nothing, denying widens nothing, neither touches a credential", () => {
  fc.assert(
    fc.property(routes, change, (list, one) => {
      const changed = tried(list, one);
      if (changed === undefined) return;
      checkReplacement(list, changed, NOW);
      const before = passing(list);
      const after = passing(changed);
      const [small, big] = one.action === "allow" ? [before, after] : [after, before];
      assert.ok(small.isSubsetOf(big));
      if (one.action === "allow" && changed === list) assert.deepEqual(after, before);
    }),
    { numRuns: 400 },
  );
});

Deno.test("changeRoutes: what was allowed passes, and a denied host does not", () => {
  fc.assert(
    fc.property(routes, change, (list, one) => {
      const changed = tried(list, one);
      if (changed === undefined) return;
      const after = passing(changed);
      if (one.action === "deny") {
        assert.ok(![...after].some((request) => request.includes(` ${one.host}:`)));
      } else if (one.expires_at !== PAST && one.ports === null && one.paths === null) {
        const own = changed.find(({ host }) => host === one.host);
        const port = own?.ports?.[0] ?? 443;
        const method = one.methods?.[0] ?? "GET";
        const host = one.host.replace("*", "x");
        const wanted = own === undefined ? undefined : `${method} ${host}:${port}/w/1`;
        assert.ok(wanted === undefined || after.has(wanted), wanted);
      }
    }),
    { numRuns: 400 },
  );
});

Deno.test("coversMatch says yes only where every request of the one passes by the other", () => {
  fc.assert(
    fc.property(match, match, (wide, narrow) => {
      if (!coversMatch(wide, narrow)) return;
      const by = (one: RouteMatch): ReadonlySet<string> =>
        passing([{ host: "a.test", matches: [one], origin: "m" }]);
      assert.ok(by(narrow).isSubsetOf(by(wide)));
    }),
    { numRuns: 400 },
  );
});

Deno.test("appendChange: the log that is kept gives the routes that the changes gave", () => {
  fc.assert(
    fc.property(routes, fc.array(change, { maxLength: 6 }), (list, changes) => {
      let direct = list;
      let log: readonly RouteChange[] = [];
      for (const one of changes) {
        const changed = tried(direct, one);
        if (changed === undefined || changed === direct) continue;
        direct = changed;
        log = appendChange(log, one, NOW);
      }
      const { routes: replayed, misfits } = replayChanges(list, log, NOW);
      assert.deepEqual(misfits, []);
      assert.deepEqual(passing(replayed), passing(direct));
    }),
    { numRuns: 400 },
  );
});

Deno.test("appendChange forgets what a denial takes back, what has expired and what it has", () => {
  const log = [allow("a.test", { expires_at: PAST }), allow("b.test"), allow("c.test")];
  assert.deepEqual(appendChange(log, deny("b.test"), NOW), [allow("c.test"), deny("b.test")]);
  assert.deepEqual(appendChange([allow("c.test")], allow("c.test"), NOW), [allow("c.test")]);
  assert.deepEqual(liveChanges(log, NOW), [allow("b.test"), allow("c.test")]);
});

Deno.test("appendChange has an end", () => {
  const full = Array.from({ length: 1_000 }, (_, index) => allow(`h${index}.test`));
  assert.throws(() => appendChange(full, allow("more.test"), NOW), { code: "route-changes" });
});

Deno.test("replayChanges tells what no longer fits, and makes the rest", () => {
  const { routes: replayed, misfits } = replayChanges(
    [pages],
    [deny("www.example.com"), allow("a.test")],
    NOW,
  );
  assert.deepEqual(replayed.map(({ host }) => host), ["*.example.com", "a.test"]);
  assert.deepEqual(misfits.map(({ change }) => change.host), ["www.example.com"]);
});
