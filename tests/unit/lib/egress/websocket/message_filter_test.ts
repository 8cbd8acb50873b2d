import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { fc } from "../../../../../lib/deps/fast_check.ts";
import type { ByteFilter, EmitBytes } from "../../../../../lib/egress/scan/byte_filter.ts";
import { MessageFilter } from "../../../../../lib/egress/websocket/message_filter.ts";

const SECRET = "sk-marker-0123456789abcdef";

/** Replaces the secret by stars; holds back its beginning from four characters on, and remembers fewer. */
class PlainFilter implements ByteFilter {
  #seen = "";
  #out = "";

  push(piece: Uint8Array, emit: EmitBytes): void {
    const text = Buffer.from(piece).toString("latin1");
    // Whoever keeps a piece sees that it changes.
    piece.fill(0);
    this.#seen = (this.#seen + text).replaceAll(SECRET, "*".repeat(SECRET.length));
    let size = SECRET.length - 1;
    while (size >= 4 && !this.#seen.endsWith(SECRET.slice(0, size))) size--;
    this.#emit(this.#seen.length - (size < 4 ? 0 : size), emit);
  }

  end(emit: EmitBytes): void {
    this.#emit(this.#seen.length, emit);
  }

  #emit(end: number, emit: EmitBytes): void {
    const part = this.#seen.slice(this.#out.length, end);
    this.#out += part;
    if (part !== "") emit(Buffer.from(part, "latin1"));
  }
}

/** Each message in pieces; what comes out of each. */
function run(messages: readonly (readonly string[])[]): string[] {
  const filter = new MessageFilter(() => new PlainFilter());
  return messages.map((pieces) => {
    let text = "";
    const emit = (part: Uint8Array): void => {
      text += Buffer.from(part).toString("latin1");
    };
    for (const piece of pieces) filter.push(Buffer.from(piece, "latin1"), emit);
    filter.endMessage(emit);
    return text;
  });
}

Deno.test("MessageFilter finds what is split over a message's pieces", () => {
  const [text] = run([["a", SECRET.slice(0, 9), SECRET.slice(9), "b"]]);
  assert.equal(text, `a${"*".repeat(SECRET.length)}b`);
});

Deno.test("MessageFilter lets the end of a message out though it may be a beginning", () => {
  assert.deepEqual(run([["x sk-m"], ["other"]]), ["x sk-m", "other"]);
});

Deno.test("MessageFilter replaces what of a secret comes behind a message's end", () => {
  for (let cut = 1; cut < SECRET.length; cut++) {
    const [first = "", second = ""] = run([[SECRET.slice(0, cut)], [SECRET.slice(cut), " b"]]);
    // Two of its characters are no letters.
    const shown = SECRET.slice(0, cut);
    const starred = cut <= 17 ? shown : shown.replaceAll(/[a-z0-9]/g, "*");
    assert.equal(first, starred);
    assert.equal(second, `${"*".repeat(SECRET.length - cut)} b`);
  }
});

Deno.test("MessageFilter stops a secret that is sent a byte a message", () => {
  const messages = run([...SECRET].map((character) => [character]));
  assert.equal(messages.join(""), SECRET.slice(0, 17) + "*".repeat(SECRET.length - 17));
});

Deno.test("MessageFilter finds the third secret across the end of a long message", () => {
  const [first = "", second = ""] = run([
    ["x".repeat(10_000), SECRET, "y".repeat(300), SECRET.slice(0, 5)],
    [SECRET.slice(5), "z"],
  ]);
  assert.ok(first.endsWith(`${"y".repeat(300)}${SECRET.slice(0, 5)}`));
  assert.equal(second, `${"*".repeat(SECRET.length - 5)}z`);
});

Deno.test("MessageFilter looks over an empty message in between", () => {
  const [, , third] = run([[SECRET.slice(0, 5)], [], [SECRET.slice(5)]]);
  assert.equal(third, "*".repeat(SECRET.length - 5));
});

Deno.test("MessageFilter counts messages that ended inside something looked for", () => {
  const filter = new MessageFilter(() => new PlainFilter());
  filter.push(Buffer.from(SECRET.slice(0, 18)), () => {});
  filter.endMessage(() => {});
  assert.equal(filter.cutCount, 1);
});

const piece = fc.oneof(
  fc.string({ minLength: 1, maxLength: 12, unit: "binary-ascii" }),
  fc.tuple(fc.nat(SECRET.length), fc.nat(SECRET.length)).map(([from, to]) =>
    SECRET.slice(from, to) || "x"
  ),
  fc.constant(SECRET),
);

Deno.test("MessageFilter keeps every length, and lets no secret out whole", () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(piece, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 6 }),
      (messages) => {
        const shown = run(messages);
        assert.deepEqual(
          shown.map((text) => text.length),
          messages.map((pieces) => pieces.join("").length),
        );
        assert.ok(!shown.join("").includes(SECRET));
        for (let index = 0; index < shown.length; index++) {
          for (let at = 0; at < (shown[index] ?? "").length; at++) {
            const character = shown[index]?.[at];
            assert.ok(character === "*" || character === messages[index]?.join("")[at]);
          }
        }
      },
    ),
    { numRuns: 500 },
  );
});
