import assert from "node:assert/strict";
import { splitText } from "../../../../../sidecars/git_gate/scan/fragments.ts";
import { type PieceSource, ScanFile } from "../../../../../sidecars/git_gate/scan/scan_file.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const source = (part: number): PieceSource => ({
  part,
  isAsWritten: false,
  hasAllowComment: false,
});

function fileOf(...texts: readonly string[]): { file: ScanFile; lines: readonly string[] } {
  const file = new ScanFile("canary");
  for (const [part, text] of texts.entries()) {
    for (const piece of splitText(encode(text))) file.add(piece, source(part));
  }
  const bytes = file.bytes(() => ["key", "api"]);
  return { file, lines: new TextDecoder().decode(bytes).split("\n") };
}

Deno.test("ScanFile leads every line back to its text", () => {
  const { file, lines } = fileOf("a1\na2", "b1\n", "\n\nc3\nc4");
  const seen = lines.flatMap((line, at) => {
    const origin = file.origin(at + 1);
    return /^[abc]\d$/.test(line) ? [[line, origin?.source.part, origin?.line]] : [];
  });
  assert.deepEqual(seen, [["a1", 0, 1], ["a2", 0, 2], ["b1", 1, 1], ["c3", 2, 3], ["c4", 2, 4]]);
});

Deno.test("ScanFile begins and ends with the canary, far from where formats have their marks", () => {
  const { file, lines } = fileOf("x".repeat(30));
  assert.ok(lines[0]?.startsWith("canary."));
  assert.equal(lines[0]?.length, 511);
  assert.equal(lines[file.lastLine - 1], "canary");
  assert.deepEqual(lines.slice(file.lastLine), ["key", "api", ""]);
});

Deno.test("ScanFile has no origin for its own lines", () => {
  const { file } = fileOf("a", "b");
  assert.deepEqual([1, 3, file.lastLine].map((line) => file.origin(line)), [
    undefined,
    undefined,
    undefined,
  ]);
});

Deno.test("ScanFile separates texts by a byte that is in none", () => {
  const { lines } = fileOf("-----BEGIN", "KEY-----");
  assert.deepEqual(lines.slice(1, 4), ["-----BEGIN", "\0", "KEY-----"]);
});
