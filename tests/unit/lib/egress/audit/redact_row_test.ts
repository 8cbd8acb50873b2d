import assert from "node:assert/strict";
import { fc } from "../../../../../lib/deps/fast_check.ts";
import { rowRedactor } from "../../../../../lib/egress/audit/redact_row.ts";
import { spellSecret } from "../../../../../lib/egress/scan/spellings.ts";
import { auditRow } from "../../../../support/audit_rows.ts";

const SECRET = "sk-Live-5f2a91c3Xy";
const redact = rowRedactor([SECRET, "other-secret-1"]);

const fields = ["host", "path", "detail"] as const;
const spellings = [
  ...spellSecret(SECRET),
  SECRET.toLowerCase(),
  SECRET.toUpperCase(),
  encodeURIComponent(SECRET),
  [...SECRET].map((letter) => `%${letter.charCodeAt(0).toString(16)}`).join(""),
  [...SECRET].join("."),
];
for (const field of fields) {
  Deno.test(`rowRedactor takes every spelling out of ${field}, and leaves what stands around it`, () => {
    for (const spelling of spellings) {
      const text = redact(auditRow({ [field]: `a.${spelling}.example` }))[field] ?? "";
      assert.match(text, /^a\.[^a-z0-9]*\*[^a-z0-9]*\.example$/i, spelling);
    }
  });
}

Deno.test("rowRedactor takes out what begins in one field and ends in the next", () => {
  const { host, path } = redact(auditRow({ host: "sk-live", path: "/5f2a91c3xy/rest" }));
  assert.match(host, /^\*+[^a-z]*\*+$/);
  assert.match(path, /^.\*+\/rest$/);
});

Deno.test("rowRedactor leaves the very row where there is nothing to take out", () => {
  const row = auditRow({ detail: "sk-Live-5f2a91c3X, almost \u{1f600}" });
  assert.equal(redact(row), row);
  assert.equal(rowRedactor([])(row), row);
  assert.equal(rowRedactor(["short"])(auditRow({ path: "/short" })).path, "/short");
});

Deno.test("rowRedactor keeps the other fields, and every character that is no part of it", () => {
  const text = fc.string({ unit: fc.constantFrom("z", "q", "/", "\u00e9", "\u{1f600}", "%") });
  fc.assert(fc.property(text, text, text, (host, path, detail) => {
    const row = auditRow({ host, path: `${path} ${SECRET} `, detail });
    const { path: redacted, ...others } = redact(row);
    assert.deepEqual({ ...others, path: row.path }, row);
    assert.ok(redacted.startsWith(path) && !redacted.includes("5f2a"), redacted);
  }));
});
