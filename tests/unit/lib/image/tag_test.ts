import assert from "node:assert/strict";
import { fc } from "../../../../lib/deps/fast_check.ts";
import { contextDigest, imageTag } from "../../../../lib/image/tag.ts";
import type { ContextEntry } from "../../../../lib/image/types.ts";

const inputs = {
  provider: "claude",
  dockerfile: "FROM x",
  args: { A: "1", B: "2" },
  extraCaPem: null,
  context: null,
};

Deno.test("imageTag is the same for the same inputs, whatever the order of arguments", () => {
  assert.match(imageTag(inputs), /^bot-bottle-agent-claude:[0-9a-f]{12}$/);
  assert.equal(imageTag({ ...inputs, args: { B: "2", A: "1" } }), imageTag(inputs));
});

Deno.test("imageTag changes with each input", () => {
  const others = [
    { ...inputs, provider: "scripted" },
    { ...inputs, dockerfile: "FROM y" },
    { ...inputs, args: { A: "1", B: "3" } },
    { ...inputs, args: { A: "1" } },
    { ...inputs, args: {} },
    { ...inputs, extraCaPem: "" },
    { ...inputs, extraCaPem: "-----BEGIN CERTIFICATE-----" },
    { ...inputs, context: { entries: [] } },
  ];
  const tags = [inputs, ...others].map(imageTag);
  assert.equal(new Set(tags).size, tags.length);
});

const name = fc.stringMatching(/^[a-c]{1,3}(\/[a-c]{1,2})?$/);
const mode = fc.constantFrom(0o644, 0o755, 0o600);
const entry: fc.Arbitrary<ContextEntry> = fc.oneof(
  fc.record({
    kind: fc.constant("file" as const),
    name,
    mode,
    content: fc.uint8Array({ maxLength: 4 }),
  }),
  fc.record({ kind: fc.constant("folder" as const), name, mode }),
  fc.record({ kind: fc.constant("link" as const), name, to: fc.string({ maxLength: 3 }) }),
);
const entries = fc.uniqueArray(entry, { selector: (each) => each.name, maxLength: 6 });

/** What a context is, so that two can be compared without hashing. */
function facts(list: readonly ContextEntry[]): string {
  const sorted = list.toSorted((a, b) => a.name < b.name ? -1 : 1);
  return JSON.stringify(
    sorted.map((each) => each.kind === "file" ? { ...each, content: [...each.content] } : each),
  );
}

Deno.test("imageTag does not depend on the order of a context's entries", () => {
  fc.assert(fc.property(
    entries.chain((list) =>
      fc.tuple(
        fc.constant(list),
        fc.shuffledSubarray([...list], { minLength: list.length, maxLength: list.length }),
      )
    ),
    ([one, other]) => {
      const tags = [one, other].map((list) => imageTag({ ...inputs, context: { entries: list } }));
      assert.equal(tags[0], tags[1]);
    },
  ));
});

Deno.test("imageTag and contextDigest tell any two contexts apart that differ in a name, kind, mode, content or link", () => {
  fc.assert(fc.property(entries, entries, (one, other) => {
    const isSame = facts(one) === facts(other);
    const tags = [one, other].map((list) => imageTag({ ...inputs, context: { entries: list } }));
    assert.equal(tags[0] === tags[1], isSame);
    const digests = [one, other].map((list) => contextDigest({ entries: list }));
    assert.equal(digests[0] === digests[1], isSame);
  }));
});

Deno.test("imageTag changes with each single change of an entry", () => {
  fc.assert(fc.property(entries.filter((list) => list.length > 0), fc.nat(), (list, at) => {
    const index = at % list.length;
    const changed = list.map((each, i) => i === index ? change(each) : each);
    for (const other of [changed, list.filter((_, i) => i !== index)]) {
      assert.notEqual(
        imageTag({ ...inputs, context: { entries: other } }),
        imageTag({ ...inputs, context: { entries: list } }),
      );
    }
  }));
});

function change(each: ContextEntry): ContextEntry {
  switch (each.kind) {
    case "file":
      return { ...each, content: new Uint8Array([...each.content, 0]) };
    case "folder":
      return { ...each, mode: each.mode ^ 1 };
    case "link":
      return { ...each, to: `${each.to}x` };
    default:
      return each satisfies never;
  }
}
