import assert from "node:assert/strict";
import { splitFrontmatter } from "../../../../lib/manifest/frontmatter.ts";
import { fc } from "../../../../lib/deps/fast_check.ts";

Deno.test("splitFrontmatter takes what editors write", () => {
  const good: [text: string, yaml: string, body: string][] = [
    ["---\na: 1\n---\nHello\n", "a: 1", "Hello"],
    ["---\r\na: 1\r\nb: 2\r\n---\r\nHello\r\n\r\nyou\r\n", "a: 1\nb: 2", "Hello\n\nyou"],
    ["\uFEFF---\na: 1\n---\n", "a: 1", ""],
    ["---\n---\n", "", ""],
    ["---\n---", "", ""],
    ["---  \na: 1\n---\t\n\n  \n  indented\n", "a: 1", "  indented"],
    ["---\na: 1\n---\nBody\n---\nmore", "a: 1", "Body\n---\nmore"],
  ];
  for (const [text, yaml, body] of good) {
    assert.deepEqual(splitFrontmatter(text), { yaml, linesBefore: 1, body }, JSON.stringify(text));
  }
});

Deno.test("splitFrontmatter says in which line a fence is missing", () => {
  const bad: [text: string, line: number, message: RegExp][] = [
    ["", 1, /does not begin/],
    ["a: 1\n---\n", 1, /does not begin/],
    [" ---\na: 1\n---\n", 1, /does not begin/],
    ["----\na: 1\n---\n", 1, /does not begin/],
    ["---js\na: 1\n---\n", 1, /does not begin/],
    ["---\na: 1\nb: 2", 3, /not closed/],
    ["---\na: 1\n --- \n", 4, /not closed/],
  ];
  for (const [text, line, message] of bad) {
    const parts = splitFrontmatter(text);
    assert.ok("message" in parts, JSON.stringify(text));
    assert.equal(parts.line, line, JSON.stringify(text));
    assert.match(parts.message, message);
  }
});

Deno.test("splitFrontmatter gives back what was put between the fences", () => {
  const line = fc.string().filter((text) => !/[\r\n]/.test(text) && !/^---[ \t]*$/.test(text));
  fc.assert(fc.property(fc.array(line), fc.constantFrom("\n", "\r\n"), (lines, end) => {
    const parts = splitFrontmatter(["---", ...lines, "---", "Body"].join(end));
    assert.ok("yaml" in parts);
    assert.equal(parts.yaml, lines.join("\n"));
    assert.equal(parts.body, "Body");
  }));
});
