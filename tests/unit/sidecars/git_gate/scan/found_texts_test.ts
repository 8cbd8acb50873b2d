import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { Finding } from "../../../../../lib/dlp/scanner.ts";
import { FoundTexts, HIDDEN_NAME } from "../../../../../sidecars/git_gate/scan/found_texts.ts";
import { newText, wholeText } from "../../../../../sidecars/git_gate/scan/new_lines.ts";
import type { TextPlace } from "../../../../../sidecars/git_gate/scan/push_texts.ts";

const COMMIT = "c".repeat(40);
const BLOB = "b".repeat(40);
const NOTHING: ReadonlySet<string> = new Set();
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = wholeText(encode("x"));

function place(changes: Partial<TextPlace> = {}): TextPlace {
  return { kind: "file", path: "a.txt", object: COMMIT, holder: BLOB, ...changes };
}

function found(part: number, changes: Partial<Finding> = {}): Finding {
  const rest = { rule: "jwt", what: "A Token", line: 1, endLine: 1, isAllowedByComment: false };
  return { part, ...rest, ...changes };
}

Deno.test("FoundTexts tells rule, words and place", () => {
  const texts = new FoundTexts();
  texts.addFinding(found(texts.addText(place(), text)));
  const row = {
    rule: "jwt",
    what: "A Token",
    line: 1,
    kind: "file",
    path: "a.txt",
    object: COMMIT,
  };
  assert.deepEqual(texts.findings(NOTHING), [row]);
});

Deno.test("FoundTexts counts a finding if one of its lines is new", () => {
  const texts = new FoundTexts();
  const id = texts.addText(place(), newText(encode("old\nnew\nold"), [encode("old")]));
  texts.addFinding(found(id, { line: 1, endLine: 1 }));
  texts.addFinding(found(id, { line: 3, endLine: 3 }));
  assert.deepEqual(texts.findings(NOTHING), []);
  texts.addFinding(found(id, { line: 1, endLine: 2 }));
  assert.equal(texts.findings(NOTHING).length, 1);
});

Deno.test("FoundTexts counts a known credential on an old line too, and names it", () => {
  const texts = new FoundTexts();
  const id = texts.addText(place(), newText(encode("old"), [encode("old")]));
  texts.addKnown(id, { name: "TOKEN", line: 1 });
  const [row] = texts.findings(NOTHING);
  assert.equal(row?.rule, "known-secret");
  assert.match(row.what ?? "", /TOKEN$/);
});

Deno.test("FoundTexts leaves out objects that the upstream has", () => {
  const texts = new FoundTexts();
  texts.addFinding(found(texts.addText(place(), text)));
  assert.deepEqual(texts.holders, [BLOB]);
  assert.deepEqual(texts.findings(new Set([BLOB])), []);
});

Deno.test("FoundTexts hides a path in which something was found, wherever it would be told", () => {
  const texts = new FoundTexts();
  texts.addFinding(found(texts.addText(place({ kind: "path", path: "SECRET.txt" }), text)));
  texts.addFinding(found(texts.addText(place({ path: "SECRET.txt" }), text)));
  texts.addFinding(found(texts.addText(place({ path: "other.txt" }), text)));
  assert.deepEqual(texts.findings(NOTHING).map(({ path }) => path), [
    HIDDEN_NAME,
    HIDDEN_NAME,
    "other.txt",
  ]);
});

Deno.test("FoundTexts hides a tag's name in which something was found; a ref's stays for whoever hides it", () => {
  const texts = new FoundTexts();
  const ref = "refs/tags/SECRET";
  texts.addFinding(found(texts.addText(place({ kind: "ref", path: ref, holder: "" }), text)));
  texts.addFinding(found(texts.addText(place({ kind: "tag", path: ref }), text)));
  const rows = texts.findings(NOTHING).map(({ kind, path, line }) => [kind, path, line]);
  assert.deepEqual(rows, [["ref", ref, 0], ["tag", HIDDEN_NAME, 1]]);
});

Deno.test("FoundTexts reads a path's bytes as UTF-8", () => {
  const texts = new FoundTexts();
  const path = Buffer.from("d\u00e9/\u4e16.txt").toString("latin1");
  texts.addFinding(found(texts.addText(place({ path }), text)));
  assert.equal(texts.findings(NOTHING)[0]?.path, "d\u00e9/\u4e16.txt");
});

Deno.test("FoundTexts tells what only a comment hides", () => {
  const texts = new FoundTexts();
  texts.addFinding(found(texts.addText(place(), text), { isAllowedByComment: true }));
  assert.equal(texts.findings(NOTHING)[0]?.allowed_by_comment, true);
});
