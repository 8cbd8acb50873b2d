import assert from "node:assert/strict";
import { parseAuditRow } from "../../../../../lib/audit/row.ts";
import { MAX_CHANGED_HOSTS, policyRow } from "../../../../../lib/egress/audit/policy_row.ts";
import { BottleError } from "../../../../../lib/errors.ts";
import type { Route } from "../../../../../lib/egress/route/route.ts";
import { parseHost } from "../../../../../lib/egress/host/host.ts";
import { checkReplacement, diffRoutes } from "../../../../../lib/egress/route/route_diff.ts";
import { compileRoutes, decide } from "../../../../../lib/egress/route/route_table.ts";
import { fc } from "../../../../../lib/deps/fast_check.ts";

const origin = "m";
const plain: Route = { host: "a.test", origin };
const withToken: Route = {
  host: "b.test",
  auth: { scheme: "bearer", token: "EGRESS_TOKEN_1" },
  origin,
};
const inside: Route = { host: "c.test", allow_private: true, origin };
const before = [plain, withToken, inside];

Deno.test("diffRoutes tells what came, went and changed, and leaves the origin aside", () => {
  const wider: Route = { ...withToken, matches: [{ methods: ["GET"] }] };
  const d: Route = { host: "d.test", origin };
  assert.deepEqual(diffRoutes(before, [{ ...plain, origin: "allow" }, wider, d]), {
    added: [d],
    removed: [inside],
    changed: [wider],
  });
});

Deno.test("checkReplacement lets a credential and private addresses stay where they are, and go", () => {
  checkReplacement(before, before);
  checkReplacement(before, [
    { ...withToken, ports: [443], matches: [{ methods: ["GET"] }] },
    inside,
  ]);
  checkReplacement(before, before.map(({ host }) => ({ host, origin })));
});

Deno.test("checkReplacement puts no credential on another host, and none on in another way", () => {
  const { auth } = withToken;
  const other: readonly Route[] = [
    { ...plain, ...(auth && { auth }) },
    { host: "evil.test", ...(auth && { auth }), origin },
    { host: "*.b.test", ...(auth && { auth }), origin },
    { ...withToken, auth: { scheme: "bearer", token: "EGRESS_TOKEN_2" } },
    { ...withToken, auth: { scheme: "header", header: "x-debug", token: "EGRESS_TOKEN_1" } },
    { ...withToken, auth: { scheme: "basic", username: "u", token: "EGRESS_TOKEN_1" } },
  ];
  for (const route of other) {
    assert.throws(() => checkReplacement(before, [route]), { code: "route-credential" });
  }
});

Deno.test("checkReplacement gives nobody the agent's own credentials, passthrough or the provider's rights", () => {
  const gains: [Partial<Route>, string][] = [
    [{ auth: { scheme: "agent" } }, "route-credential"],
    [{ tls: "passthrough" }, "route-passthrough"],
    [{ provider: true }, "route-provider"],
  ];
  for (const [gain, code] of gains) {
    assert.throws(() => checkReplacement(before, [{ ...plain, ...gain }]), { code });
    assert.throws(
      () => checkReplacement(before, [...before, { ...plain, host: "x.test", ...gain }]),
      {
        code,
      },
    );
    const had: Route = { ...plain, ...gain };
    checkReplacement([had], [had]);
    checkReplacement([had], [plain]);
    assert.throws(() => checkReplacement([had], [{ ...had, ports: [8443] }]), { code });
    // Without its own route the wildcard above it decides.
    const above: Route = { ...plain, host: "*.test", ...gain };
    assert.throws(() => checkReplacement([above, plain], [above]), { code });
  }
});

Deno.test("checkReplacement lets limits go only where no credential does", () => {
  const limits = { requests_per_minute: 5, bytes_out: 100 };
  const bounded: Route = { ...withToken, limits };
  for (const wider of [{}, { bytes_out: 100 }, { ...limits, bytes_out: 101 }]) {
    assert.throws(() => checkReplacement([bounded], [{ ...withToken, limits: wider }]), {
      code: "route-limits",
    });
    checkReplacement([{ ...plain, limits }], [{ ...plain, limits: wider }]);
  }
  checkReplacement([bounded], [{
    ...bounded,
    limits: { ...limits, body_bytes: 1, bytes_out: 99 },
  }]);
  assert.deepEqual(diffRoutes([bounded], [withToken]).changed, [withToken]);
});

Deno.test("checkReplacement opens no private addresses", () => {
  assert.throws(() => checkReplacement(before, [{ ...plain, allow_private: true }]), {
    code: "route-private",
  });
});

Deno.test("checkReplacement takes neither to another port of its host", () => {
  for (
    const [route, code] of [
      [{ ...withToken, ports: [443, 8443] }, "route-credential"],
      [{ ...inside, ports: [22] }, "route-private"],
    ] as const
  ) assert.throws(() => checkReplacement(before, [route]), { code });
  const onPort: Route = { ...withToken, ports: [8443] };
  checkReplacement([onPort], [onPort]);
  assert.throws(() => checkReplacement([onPort], [withToken]), { code: "route-credential" });
});

Deno.test("checkReplacement leaves no host to a wildcard that has what the host's own route has not", () => {
  const soon = "2026-01-02T03:04:05.000Z";
  const now = Date.parse(soon) - 1;
  const { auth } = withToken;
  const wide: Route = { host: "*.b.test", ...(auth && { auth }), origin };
  const open: Route = { host: "*.b.test", allow_private: true, origin };
  const own: Route = { host: "x.b.test", origin };
  const below: Route = { host: "*.c.b.test", origin };
  const other: Route = { ...own, auth: { scheme: "bearer", token: "EGRESS_TOKEN_2" } };
  const ends = { matches: [{ expires_at: soon }] };
  for (
    const [list, after, code] of [
      [[wide, own], [wide], "route-credential"],
      [[wide, own], [wide, { ...own, ...ends }], "route-credential"],
      [[wide, below], [wide], "route-credential"],
      [[wide, other], [wide], "route-credential"],
      [[open, own], [open], "route-private"],
    ] as const
  ) assert.throws(() => checkReplacement(list, after, now), { code }, JSON.stringify(after));
  checkReplacement([wide, own], [], now);
  checkReplacement([wide, own], [own], now);
  checkReplacement([wide, { ...own, ...ends }], [wide, { ...own, ...ends }], now);
  checkReplacement([wide, { ...own, ...ends }], [wide, own], now);
  checkReplacement([wide, { ...own, ...ends }], [wide], now + 1);
  checkReplacement([wide, { ...wide, host: "x.b.test" }], [wide], now);
});

Deno.test("checkReplacement: no row of changes takes a credential or private addresses to another place", () => {
  const now = Date.parse("2026-01-02T03:04:05.000Z");
  const ends = (ms: number): string => new Date(now + ms).toISOString();
  const limits = fc.constantFrom(
    {},
    { matches: [{ expires_at: ends(-1) }] },
    { matches: [{ expires_at: ends(1) }] },
    { matches: [{ expires_at: ends(-1) }, { methods: ["GET"] }] },
    { ports: [443] },
    { ports: [8443] },
    { matches: [{ expires_at: ends(1) }, { methods: ["GET"] }] },
  );
  const has = fc.constantFrom(
    {},
    { allow_private: true },
    { auth: { scheme: "bearer", token: "EGRESS_TOKEN_1" } } as const,
    { auth: { scheme: "bearer", token: "EGRESS_TOKEN_2" }, allow_private: true } as const,
  );
  const hosts = ["a.test", "b.a.test", "c.b.a.test", "*.a.test", "*.b.a.test"];
  const world = fc.uniqueArray(
    fc.tuple(fc.constantFrom(...hosts), has, limits)
      .map(([host, has, limits]): Route => ({ host, ...has, ...limits, origin })),
    { selector: ({ host }) => host, maxLength: 5 },
  );
  const edit = fc.array(fc.tuple(fc.constantFrom(...hosts), fc.option(limits)), { maxLength: 2 });
  fc.assert(
    fc.property(world, fc.array(edit, { maxLength: 4 }), (first, edits) => {
      let list: readonly Route[] = first;
      for (const edit of edits) {
        const next = edit.reduce<readonly Route[]>(
          (routes, [host, limits]) =>
            routes.flatMap((route) => {
              if (route.host !== host) return [route];
              const { auth, allow_private } = route;
              const kept = { host, ...(auth && { auth }), ...(allow_private && { allow_private }) };
              return limits === null ? [] : [{ ...kept, ...limits, origin }];
            }),
          list,
        );
        try {
          checkReplacement(list, next, now);
          list = next;
        } catch (error) {
          assert.ok(error instanceof BottleError, String(error));
        }
      }
      const had = powers(first, now);
      for (const power of powers(list, now)) assert.ok(had.has(power), power);
    }),
    { numRuns: 1_000 },
  );
});

/** Who gets which credential, and who may have private addresses, now or once more routes are over. */
function powers(list: readonly Route[], now: number): ReadonlySet<string> {
  const table = compileRoutes(list);
  const found = new Set<string>();
  for (const name of ["a.test", "b.a.test", "c.b.a.test", "x.a.test", "x.b.a.test"]) {
    const host = parseHost(name);
    assert.ok(host.kind !== "bad");
    for (const port of [443, 8443]) {
      for (const time of [now, now + 1]) {
        const decision = decide(table, { scheme: "https", host, port }, time);
        if (!decision.ok) continue;
        const { auth, allow_private: isPrivate } = decision.route;
        if (auth !== undefined && auth.scheme !== "agent") {
          found.add(`${name}:${port} ${auth.token}`);
        }
        if (isPrivate === true) found.add(`${name}:${port} private`);
      }
    }
  }
  return found;
}

Deno.test("checkReplacement takes no more changes at once than a row of the audit tells", () => {
  const many = (count: number): readonly Route[] =>
    Array.from({ length: count }, (_, index) => ({ host: `${index}.test`, origin }));
  checkReplacement([], many(MAX_CHANGED_HOSTS));
  assert.throws(() => checkReplacement([], many(MAX_CHANGED_HOSTS + 1)), { code: "route-changes" });
});

Deno.test("policyRow is a row that the ledger takes, however long its hosts and matches", () => {
  const long = (index: number): string =>
    `${index}`.padStart(2, "x") + `${".".padEnd(61, "a")}`.repeat(4) + ".ab";
  const matches = Array.from({ length: 256 }, () => ({ methods: ["GET", "POST"] }));
  const added = Array.from({ length: MAX_CHANGED_HOSTS }, (_, index): Route => ({
    host: long(index),
    ports: [8443],
    matches,
    origin,
  }));
  const row = policyRow({ added, removed: [], changed: [] }, 7, 0);
  assert.deepEqual(parseAuditRow(JSON.parse(JSON.stringify(row))), row);
  assert.deepEqual(row.change?.added, added.map(({ host }) => host));
  assert.ok(JSON.stringify(row).length < 16 * 1024);
});

Deno.test("policyRow says what is allowed now, and until when", () => {
  const match = { methods: ["GET"], expires_at: "2026-01-02T03:04:05.000Z" };
  const diff = diffRoutes([plain, inside], [{ ...plain, matches: [match] }, withToken]);
  assert.equal(
    policyRow(diff, 2, 0).detail,
    "allowed b.test; changed a.test (GET on any path until 2026-01-02T03:04:05.000Z); denied c.test",
  );
});
