import assert from "node:assert/strict";
import {
  canonicalJson,
  chainRows,
  EMPTY_CHAIN,
  findBreak,
  GENESIS,
} from "../../../../lib/audit/chain.ts";
import { fc } from "../../../../lib/deps/fast_check.ts";
import type { LedgerRow } from "../../../../lib/egress/audit/audit_row.ts";
import { auditRow } from "../../../support/audit_rows.ts";

const chain: readonly LedgerRow[] = chainRows(
  EMPTY_CHAIN,
  ["a", "b", "c", "d"].map((path) => auditRow({ path: `/${path}` })),
);

function changed(index: number, change: (row: LedgerRow) => LedgerRow): LedgerRow[] {
  return chain.map((row, at) => at === index ? change(row) : row);
}

Deno.test("chainRows numbers from 1 and chains each row to the one before", () => {
  assert.deepEqual(chain.map(({ seq }) => seq), [1, 2, 3, 4]);
  assert.equal(new Set(chain.map(({ hash }) => hash)).size, 4);
  assert.match(chain[0]?.hash ?? "", /^[0-9a-f]{64}$/);
  assert.equal(GENESIS.length, 64);
});

Deno.test("chainRows gives the same hashes in one go and in two", () => {
  const rows = chain.map(({ row }) => row);
  const first = chainRows(EMPTY_CHAIN, rows.slice(0, 2));
  const second = chainRows(first[1] ?? EMPTY_CHAIN, rows.slice(2));
  assert.deepEqual([...first, ...second], chain);
});

Deno.test("findBreak accepts what chainRows made, whole or from the middle", () => {
  assert.equal(findBreak(chain), undefined);
  assert.equal(findBreak(chain.slice(2), chain[1]), undefined);
  assert.equal(findBreak([]), undefined);
});

const breaks: readonly [string, readonly LedgerRow[], object][] = [
  [
    "a changed row",
    changed(1, (row) => ({ ...row, row: { ...row.row, host: "evil.test" } })),
    { seq: 2, why: "hash" },
  ],
  [
    "a changed row with a hash of its own",
    changed(1, (row) => ({ ...row, hash: "0".repeat(64) })),
    { seq: 2, why: "hash" },
  ],
  ["a row that was taken out", chain.filter(({ seq }) => seq !== 3), { seq: 3, why: "gap" }],
  ["a row that is there twice", [...chain.slice(0, 2), ...chain.slice(1)], { seq: 3, why: "gap" }],
  [
    "two rows in the other order",
    [1, 3, 2, 4].flatMap((seq) => chain.filter((row) => row.seq === seq)),
    { seq: 2, why: "gap" },
  ],
  ["a chain without its beginning", chain.slice(1), { seq: 1, why: "gap" }],
  [
    "rows moved up after one was taken out",
    chain.slice(1).map((row, index) => ({ ...row, seq: index + 1 })),
    { seq: 1, why: "hash" },
  ],
];
for (const [name, rows, found] of breaks) {
  Deno.test(`findBreak finds ${name}`, () => assert.deepEqual(findBreak(rows), found));
}

Deno.test("canonicalJson does not depend on the order of keys", () => {
  const key = fc.string({ minLength: 1, maxLength: 5 });
  fc.assert(fc.property(fc.dictionary(key, fc.jsonValue(), { maxKeys: 8 }), (value) => {
    const turned = Object.fromEntries(Object.entries(value).reverse());
    assert.equal(canonicalJson(turned), canonicalJson(value));
    assert.deepEqual(JSON.parse(canonicalJson(value)), JSON.parse(JSON.stringify(value)));
  }));
});

Deno.test("canonicalJson leaves undefined out and sorts at every depth", () => {
  const value = { b: undefined, a: [{ d: 1, c: 2 }], "": null };
  assert.equal(canonicalJson(value), `{"":null,"a":[{"c":2,"d":1}]}`);
});
