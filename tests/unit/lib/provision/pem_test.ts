import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { fc } from "../../../../lib/deps/fast_check.ts";
import { certificateFingerprints } from "../../../../lib/provision/pem.ts";

function pemOf(der: Uint8Array, lineEnd = "\n"): string {
  const lines = der.toBase64().match(/.{1,64}/g) ?? [];
  return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join(lineEnd);
}

Deno.test("certificateFingerprints finds each block's DER whatever lies between", () => {
  fc.assert(fc.property(
    fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 }), { maxLength: 5 }),
    fc.constantFrom("\n", "\r\n"),
    fc.constantFrom("", "# a comment\n", "\n\n"),
    (ders, lineEnd, between) => {
      const text = ders.map((der) => pemOf(der, lineEnd)).join(between);
      const expected = ders.map((der) => createHash("sha256").update(der).digest("hex"));
      assert.deepEqual(certificateFingerprints(text), expected);
    },
  ));
});

Deno.test("certificateFingerprints passes over keys and cut blocks", () => {
  const whole = pemOf(Uint8Array.of(1, 2, 3));
  const key = whole.replaceAll("CERTIFICATE", "PRIVATE KEY");
  const cut = whole.replace("-----END CERTIFICATE-----", "");
  assert.deepEqual(certificateFingerprints(key), []);
  assert.deepEqual(certificateFingerprints(cut), []);
  assert.equal(certificateFingerprints(cut + whole).length, 1);
});
