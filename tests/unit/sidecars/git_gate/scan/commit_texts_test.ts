import assert from "node:assert/strict";
import { commitTexts } from "../../../../../sidecars/git_gate/scan/commit_texts.ts";

function read(text: string): readonly string[] {
  return commitTexts(new TextEncoder().encode(text))
    .map(({ kind, field, bytes }) => `${kind} ${field}: ${new TextDecoder().decode(bytes)}`);
}

const ID = "a".repeat(40);

Deno.test("commitTexts tells who, what else, and the message", () => {
  const text = [
    `tree ${ID}`,
    `parent ${ID}`,
    "author A <a@b> 1 +0000",
    "committer C <c@d> 2 +0000",
    "gpgsig -----BEGIN",
    " more",
    "encoding x",
    "",
    "subject",
    "",
    "body",
  ].join("\n");
  assert.deepEqual(read(text), [
    "identity author: author A <a@b> 1 +0000",
    "identity committer: committer C <c@d> 2 +0000",
    "object gpgsig: gpgsig -----BEGIN\n more",
    "object encoding: encoding x",
    "message message: subject\n\nbody",
  ]);
});

Deno.test("commitTexts leaves nothing out: unknown fields, odd links, no message, other bytes", () => {
  assert.deepEqual(read(`tree ${ID}\ntree x${ID}\nSECRET here`), [
    `object tree: tree x${ID}`,
    "object an unknown field: SECRET here",
    "message message: ",
  ]);
  assert.deepEqual(read(`tree ${ID}\nparent ${ID}\nauthor A\nparent ${ID}\ntree ${ID}\n\n`), [
    "identity author: author A",
    `object parent: parent ${ID}`,
    `object tree: tree ${ID}`,
    "message message: ",
  ]);
  const [, message] = commitTexts(Uint8Array.of(97, 10, 10, 0, 255));
  assert.deepEqual([...message?.bytes ?? []], [0, 255]);
});
