import assert from "node:assert/strict";
import { answerMessage, compileNames } from "../../../../../lib/egress/dns/dns_policy.ts";
import { dnsQuestion } from "../../../../support/dns_question.ts";

const names = compileNames({ "git-gate": "10.99.0.2", "Supervise.": "10.99.0.3" });

/** Code, count of answers and last four bytes. */
function ask(name: string, type: number, dnsClass = 1): [number, number, string] {
  const { bytes } = answerMessage(dnsQuestion(name, type, { class: dnsClass }), names);
  assert.ok(bytes);
  return [(bytes[3] ?? 0) & 15, bytes[7] ?? 0, bytes[7] ? bytes.subarray(-4).join(".") : ""];
}

Deno.test("answerMessage gives the address of the bottle's own names", () => {
  assert.deepEqual(ask("git-gate", 1), [0, 1, "10.99.0.2"]);
  assert.deepEqual(ask("GIT-gate", 255), [0, 1, "10.99.0.2"]);
  assert.deepEqual(ask("supervise", 1), [0, 1, "10.99.0.3"]);
});

Deno.test("answerMessage gives an empty answer for another type of a known name", () => {
  for (const type of [28, 16, 65, 12, 0x7f01]) assert.deepEqual(ask("git-gate", type), [0, 0, ""]);
});

Deno.test("answerMessage knows no other name, whatever the type or class", () => {
  const others = [
    "",
    "a.com",
    "x.git-gate",
    "git-gate.com",
    "_dns.resolver.arpa",
    "2.0.99.10.in-addr.arpa",
  ];
  for (const name of others) {
    for (const type of [1, 28, 16, 6, 255]) assert.deepEqual(ask(name, type), [3, 0, ""], name);
  }
  assert.deepEqual(ask("git-gate", 1, 3), [3, 0, ""]);
});

Deno.test("answerMessage tells what was asked, and nothing of what was no question", () => {
  const { asked } = answerMessage(dnsQuestion("Secret.Evil.com", 16), names);
  assert.deepEqual(asked, { name: "secret.evil.com", type: "TXT", isKnown: false });
  assert.deepEqual(answerMessage(dnsQuestion("git-gate", 4711), names).asked, {
    name: "git-gate",
    type: "TYPE4711",
    isKnown: true,
  });
  assert.deepEqual(answerMessage(new Uint8Array(5), names), { bytes: undefined });
  const malformed = answerMessage(dnsQuestion("a.com", 1).subarray(0, 15), names);
  assert.equal(malformed.asked, undefined);
  assert.equal(malformed.bytes?.length, 12);
});

Deno.test("compileNames takes names with IPv4 addresses only", () => {
  for (
    const [name, value] of [["a b", "1.2.3.4"], ["1.2.3.4", "1.2.3.4"], ["a", "::1"], [
      "a",
      "1.2.3",
    ], ["a", ""]] as const
  ) {
    assert.throws(
      () => compileNames({ [name]: value }),
      { code: "config-invalid" },
      `${name} ${value}`,
    );
  }
});
