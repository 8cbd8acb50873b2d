import assert from "node:assert/strict";
import { fc } from "../../../../../lib/deps/fast_check.ts";
import {
  DnsCode,
  type DnsQuery,
  parseQuery,
  writeAnswer,
  writeRefusal,
} from "../../../../../lib/egress/dns/dns_message.ts";
import { dnsQuestion } from "../../../../support/dns_question.ts";

function parse(message: Uint8Array): DnsQuery {
  const parsed = parseQuery(message);
  assert.ok(parsed.kind === "query");
  return parsed;
}

Deno.test("parseQuery reads a question and lowers its case", () => {
  const query = parse(dnsQuestion("Git-Gate.Example", 28, { id: 0xbeef }));
  assert.deepEqual([query.id, query.name, query.type, query.class], [
    0xbeef,
    "git-gate.example",
    28,
    1,
  ]);
  assert.equal(query.isRecursionDesired, true);
  assert.equal(parse(dnsQuestion("", 2)).name, "");
});

Deno.test("parseQuery lets an EDNS record follow", () => {
  const question = dnsQuestion("a.example", 1);
  question[11] = 1;
  const edns = Uint8Array.of(...question, 0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0);
  const query = parse(edns);
  assert.equal(query.name, "a.example");
  assert.deepEqual(query.question, question.subarray(12));
});

Deno.test("parseQuery stays silent about what is no question", () => {
  assert.equal(parseQuery(new Uint8Array()).kind, "ignore");
  assert.equal(parseQuery(new Uint8Array(11)).kind, "ignore");
  assert.equal(parseQuery(dnsQuestion("a.example", 1, { flags: 0x8180 })).kind, "ignore");
});

Deno.test("parseQuery refuses malformed questions with FORMERR and other operations with NOTIMP", () => {
  const good = dnsQuestion("a.example", 1);
  const change = (at: number, value: number): Uint8Array => good.with(at, value);
  const cases: [Uint8Array, number][] = [
    [good.subarray(0, 12), DnsCode.formatError],
    [good.subarray(0, good.length - 1), DnsCode.formatError],
    [good.subarray(0, 14), DnsCode.formatError],
    [change(5, 0), DnsCode.formatError],
    [change(5, 2), DnsCode.formatError],
    [change(7, 1), DnsCode.formatError],
    [change(9, 1), DnsCode.formatError],
    [change(12, 0xc0), DnsCode.formatError],
    [change(12, 0x40), DnsCode.formatError],
    [dnsQuestion(`${"a".repeat(63)}.`.repeat(3) + "a".repeat(62), 1), DnsCode.formatError],
    [change(2, 0x11), DnsCode.notImplemented],
    [change(2, 0x29), DnsCode.notImplemented],
  ];
  for (const [message, code] of cases) {
    const parsed = parseQuery(message);
    assert.equal(parsed.kind === "refuse" && parsed.code, code, String(message));
  }
  const longest = `${"a".repeat(63)}.`.repeat(3) + "a".repeat(61);
  assert.equal(parse(dnsQuestion(longest, 1)).name, longest);
});

Deno.test("writeAnswer repeats the question to the letter and appends the address", () => {
  const message = dnsQuestion("Git-GATE", 1, { id: 0x1234 });
  const address = Uint8Array.of(10, 0, 0, 2);
  const bytes = writeAnswer(parse(message), { code: DnsCode.noError, addresses: [address] });
  assert.deepEqual([...bytes.subarray(0, 12)], [0x12, 0x34, 0x85, 0x80, 0, 1, 0, 1, 0, 0, 0, 0]);
  assert.deepEqual(bytes.subarray(12, message.length), message.subarray(12));
  assert.deepEqual([...bytes.subarray(message.length)], [
    0xc0,
    12,
    0,
    1,
    0,
    1,
    0,
    0,
    0,
    60,
    0,
    4,
    10,
    0,
    0,
    2,
  ]);
});

Deno.test("writeAnswer says that there is no such name", () => {
  const message = dnsQuestion("a.example", 1, { flags: 0 });
  const bytes = writeAnswer(parse(message), { code: DnsCode.nameError });
  assert.deepEqual([...bytes.subarray(2, 12)], [0x84, 0x83, 0, 1, 0, 0, 0, 0, 0, 0]);
  assert.equal(bytes.length, message.length);
});

Deno.test("writeRefusal is a header with the operation and the code", () => {
  const bytes = writeRefusal({
    kind: "refuse",
    id: 0x0102,
    opcode: 5,
    code: DnsCode.notImplemented,
  });
  assert.deepEqual([...bytes], [1, 2, 0xa8, 4, 0, 0, 0, 0, 0, 0, 0, 0]);
});

Deno.test("parseQuery never throws, and never asks for an answer longer than its question and a record", () => {
  const damaged = fc.tuple(fc.nat(40), fc.nat(255), fc.nat(40)).map(([at, value, length]) => {
    const message = dnsQuestion("ab.example.com", 1);
    if (at < message.length) message[at] = value;
    return message.subarray(0, message.length - Math.min(length >> 2, message.length));
  });
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 600 }), damaged), (message) => {
      const parsed = parseQuery(message);
      if (parsed.kind !== "query") return;
      const bytes = writeAnswer(parsed, { code: 0, addresses: [new Uint8Array(4)] });
      assert.ok(bytes.length <= message.length + 16 && bytes.length <= 512);
    }),
    { numRuns: 3_000 },
  );
});
