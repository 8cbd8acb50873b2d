import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { makeSecretPrints } from "../../../../lib/dlp/make_secret_prints.ts";

const SALT = new Uint8Array(32).fill(3);
const VALUE = "tok-7Gh2_kP9";

Deno.test("makeSecretPrints tells names, lengths and digests, and no value", () => {
  const made = makeSecretPrints([{ name: "TOKEN", value: VALUE }], SALT);
  assert.equal(made.salt, SALT.toBase64());
  const digest = createHmac("sha256", SALT).update("tok7gh2kp9").digest("base64");
  const plain = made.prints.find((print) => print.digest === digest);
  assert.equal(plain?.name, "TOKEN");
  assert.equal(plain.length, 10);
  assert.ok(made.prints.every(({ window }) => window >= 0 && window < 2 ** 24));
  assert.equal(/7Gh2|7gh2|4b5039/i.test(JSON.stringify(made)), false);
});

Deno.test("makeSecretPrints makes other digests under another salt", () => {
  const secrets = [{ name: "TOKEN", value: VALUE }];
  const digests = (salt: number): readonly string[] =>
    makeSecretPrints(secrets, new Uint8Array(32).fill(salt)).prints.map(({ digest }) => digest);
  assert.equal(digests(1).some((digest) => digests(2).includes(digest)), false);
});

Deno.test("makeSecretPrints makes none of what is too short to be looked for", () => {
  assert.deepEqual(makeSecretPrints([{ name: "PIN", value: "1234567" }], SALT).prints, []);
});
