import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { fc } from "../../../../../lib/deps/fast_check.ts";
import { spellSecret } from "../../../../../lib/egress/scan/spellings.ts";

Deno.test("spellSecret has the base64 of whatever a secret is part of", () => {
  const text = fc.string({ unit: "binary-ascii", maxLength: 9 });
  const secret = fc.string({ unit: "binary-ascii", minLength: 12, maxLength: 40 });
  fc.assert(fc.property(text, secret, text, (before, secret, after) => {
    const whole = Buffer.from(before + secret + after).toString("base64");
    const part = Buffer.from(secret).toString("base64").replace(/=+$/, "");
    // Spellings with few letters are left out.
    fc.pre(part.replace(/[+/]/g, "").length > 12);
    assert.ok(spellSecret(secret).some((spelling) => whole.includes(spelling)), whole);
  }));
});

Deno.test("spellSecret gives each spelling once, and none of what is too short", () => {
  const spellings = spellSecret("aaaaaaaa");
  assert.equal(new Set(spellings).size, spellings.length);
  assert.deepEqual(spellSecret("1234567"), []);
  assert.ok(spellSecret("--------").every((spelling) => /[0-9a-z]/i.test(spelling)));
});

Deno.test("spellSecret spells what is outside of ASCII by its UTF-8", () => {
  assert.ok(spellSecret("schlüssel").includes(Buffer.from("schlüssel").toString("hex")));
  assert.ok(spellSecret("schlüssel").includes(Buffer.from("schlüssel").toString("latin1")));
});
