import assert from "node:assert/strict";
import { parseAuditRow } from "../../../../lib/audit/row.ts";
import { MAX_CHANGED_HOSTS, policyRow } from "../../../../lib/egress/policy_row.ts";
import type { Route } from "../../../../lib/egress/route.ts";
import { checkReplacement, diffRoutes } from "../../../../lib/egress/route_diff.ts";

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
  checkReplacement(before, [{ ...withToken, ports: [443, 8443] }, inside]);
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

Deno.test("checkReplacement opens no private addresses", () => {
  assert.throws(() => checkReplacement(before, [{ ...plain, allow_private: true }]), {
    code: "route-private",
  });
});

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
