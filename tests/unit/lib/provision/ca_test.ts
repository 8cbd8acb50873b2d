import assert from "node:assert/strict";
import { BottleError } from "../../../../lib/errors.ts";
import { installCa } from "../../../../lib/provision/ca.ts";
import { certificateFingerprints } from "../../../../lib/provision/pem.ts";
import { fakeBottle } from "../../../support/bottle.ts";
import { fakePlan } from "../../../support/plan.ts";

const caPem = "-----BEGIN CERTIFICATE-----\nAAECAwQF\n-----END CERTIFICATE-----\n";
const otherPem = "-----BEGIN CERTIFICATE-----\nBgcICQoL\n-----END CERTIFICATE-----\n";
const caSha256 = certificateFingerprints(caPem).join();

function bottleAnswering(stdout: string, code = 0, stderr = ""): ReturnType<typeof fakeBottle> {
  return fakeBottle({
    plan: fakePlan(),
    endpoints: { caPem, caSha256 },
    exec: () => ({ code, stdout, stderr }),
  });
}

Deno.test("installCa sends the certificate over stdin as root in one call, and notes its fingerprint", async () => {
  const bottle = bottleAnswering(otherPem + caPem);
  const notes: string[] = [];
  await installCa(bottle, { onNote: (text) => notes.push(text) });
  const [call, ...more] = bottle.calls;
  assert.deepEqual(more, []);
  assert.ok(call?.kind === "exec");
  assert.equal(call.options.user, "root");
  assert.equal(call.options.stdin, caPem);
  assert.deepEqual(notes, [`Certificate of the bottle: SHA-256 ${caSha256}`]);
});

Deno.test("installCa fails when the guest's bundle lacks the certificate", async () => {
  await assert.rejects(installCa(bottleAnswering(otherPem)), { code: "provision-ca" });
  await assert.rejects(installCa(bottleAnswering("")), { code: "provision-ca" });
});

Deno.test("installCa fails when certificate and fingerprint differ, before any call", async () => {
  const bottle = fakeBottle({ plan: fakePlan(), endpoints: { caPem: otherPem, caSha256 } });
  await assert.rejects(installCa(bottle), { code: "provision-ca" });
  const two = fakeBottle({ plan: fakePlan(), endpoints: { caPem: caPem + otherPem, caSha256 } });
  await assert.rejects(installCa(two), { code: "provision-ca" });
  assert.deepEqual([...bottle.calls, ...two.calls], []);
});

Deno.test("installCa carries the guest's last lines", async () => {
  const lines = Array.from({ length: 30 }, (_, index) => `line ${index}`);
  const bottle = bottleAnswering("", 2, `${lines.join("\n")}\n`);
  await assert.rejects(installCa(bottle), (error) => {
    assert.ok(error instanceof BottleError);
    assert.deepEqual(error.details, lines.slice(-10));
    assert.match(error.message, /"sh" ended with 2/);
    return true;
  });
});
