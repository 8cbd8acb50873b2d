import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import {
  certificateFingerprint,
  createAuthority,
  openAuthority,
} from "../../../../lib/pki/authority.ts";
import { LeafIssuer, type LeafSubject } from "../../../../lib/pki/leaf.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const now = new Date("2026-01-02T03:04:05Z");
const name = (value: string): LeafSubject => ({ kind: "name", value });

Deno.test("createAuthority makes a CA that signs leaves only, valid for a clock that is behind", async () => {
  const ca = await createAuthority(now);
  const certificate = new X509Certificate(ca.cert_pem);
  assert.ok(certificate.ca);
  assert.ok(certificate.verify(certificate.publicKey));
  assert.ok(certificate.validFromDate.getTime() <= now.getTime() - DAY_MS);
  assert.ok(certificate.validToDate.getTime() >= now.getTime() + 300 * DAY_MS);
  const sha256 = certificate.fingerprint256.replaceAll(":", "").toLowerCase();
  assert.equal(await certificateFingerprint(ca.cert_pem), sha256);
});

Deno.test("createAuthority never makes the same one twice", async () => {
  const [one, two] = [await createAuthority(now), await createAuthority(now)];
  assert.notEqual(one.key_pem, two.key_pem);
  assert.notEqual(one.cert_pem, two.cert_pem);
});

Deno.test("openAuthority refuses what it can't read, and tells nothing of it", async () => {
  const ca = await createAuthority(now);
  for (const bad of [{ ...ca, key_pem: "-----secret-----" }, { ...ca, cert_pem: "secret" }]) {
    await assert.rejects(openAuthority(bad), (error) => {
      assert.equal(Object(error).code, "ca-invalid");
      assert.ok(!String(error).includes("secret") && Object(error).cause === undefined);
      return true;
    });
  }
});

Deno.test("LeafIssuer mints a leaf for one name, of its authority", async () => {
  const ca = await createAuthority(now);
  const issuer = await LeafIssuer.open(ca, { now: () => now });
  const leaf = await issuer.leafFor(name("api.example.com"));
  const certificate = new X509Certificate(leaf.cert_pem);
  assert.ok(certificate.verify(new X509Certificate(ca.cert_pem).publicKey));
  assert.equal(certificate.ca, false);
  assert.equal(certificate.checkHost("api.example.com"), "api.example.com");
  assert.equal(certificate.checkHost("example.com"), undefined);
  assert.ok(certificate.validFromDate.getTime() <= now.getTime() - DAY_MS);
  assert.ok(certificate.validToDate.getTime() <= now.getTime() + 31 * DAY_MS);
});

Deno.test("LeafIssuer names an address as an address", async () => {
  const issuer = await LeafIssuer.open(await createAuthority(now), { now: () => now });
  for (const address of ["192.0.2.7", "2001:db8::7"]) {
    const leaf = await issuer.leafFor({ kind: "ip", value: address });
    assert.equal(new X509Certificate(leaf.cert_pem).checkIP(address), address);
  }
});

Deno.test("LeafIssuer keeps a leaf until it is due, and no more leaves than it may", async () => {
  let time = now;
  const issuer = await LeafIssuer.open(await createAuthority(now), {
    now: () => time,
    capacity: 2,
  });
  const first = await issuer.leafFor(name("a.test"));
  assert.equal(await issuer.leafFor(name("a.test")), first);
  time = new Date(now.getTime() + 21 * DAY_MS);
  const renewed = await issuer.leafFor(name("a.test"));
  assert.notEqual(renewed, first);
  await issuer.leafFor(name("b.test"));
  await issuer.leafFor(name("a.test"));
  await issuer.leafFor(name("c.test"));
  assert.equal(issuer.size, 2);
  assert.equal(await issuer.leafFor(name("a.test")), renewed);
});

Deno.test("LeafIssuer mints once for two that ask at the same time", async () => {
  const issuer = await LeafIssuer.open(await createAuthority(now), { now: () => now });
  const [one, two] = await Promise.all([
    issuer.leafFor(name("a.test")),
    issuer.leafFor(name("a.test")),
  ]);
  assert.equal(one, two);
});
