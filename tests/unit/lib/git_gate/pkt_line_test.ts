import assert from "node:assert/strict";
import { fc } from "../../../../lib/deps/fast_check.ts";
import { FLUSH, packet, PacketReader } from "../../../../lib/git_gate/pkt_line.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

Deno.test("PacketReader reads what packet writes, however it is cut", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "\u00e4", "\n", "\0"), minLength: 1 });
  fc.assert(fc.property(fc.array(fc.option(text)), fc.nat(7), (texts, size) => {
    const bytes = encode(texts.map((text) => text === null ? FLUSH : packet(text)).join(""));
    const reader = new PacketReader();
    const read: (string | null)[] = [];
    for (let at = 0; at < bytes.length; at += size + 1) {
      for (const one of reader.push(bytes.slice(at, at + size + 1))) {
        read.push(one === null ? null : new TextDecoder().decode(one));
      }
    }
    assert.deepEqual(read, texts);
  }));
});

Deno.test("PacketReader refuses what is no packet", () => {
  for (const bad of ["zzzz", "0001", "0003", "00 4", "-001"]) {
    assert.throws(() => new PacketReader().push(encode(bad)), SyntaxError, bad);
  }
});

Deno.test("packet refuses what is too long for one", () => {
  assert.equal(packet("a".repeat(65_516)).slice(0, 4), "fff0");
  assert.throws(() => packet("a".repeat(65_517)), RangeError);
});
