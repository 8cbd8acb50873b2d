import assert from "node:assert/strict";
import { BottleError } from "../../../../lib/errors.ts";
import { parseBundleHeader } from "../../../../lib/workspace/bundle_header.ts";

const A = "a".repeat(40);
const B = "b".repeat(40);
const PACK = "PACK\0\0\0\x02\0\0\0\x07";

function bytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function refused(text: string): void {
  assert.throws(
    () => parseBundleHeader(bytes(text)),
    (error) => error instanceof BottleError && error.code === "work-unreadable",
    text.slice(0, 60),
  );
}

Deno.test("parseBundleHeader reads refs, prerequisites, the pack's place and its number of objects", () => {
  const head = `# v2 git bundle\n-${B} the base\n${A} refs/bot-bottle/head\n\n`;
  assert.deepEqual(parseBundleHeader(bytes(head + PACK)), {
    prerequisites: [B],
    refs: new Map([["refs/bot-bottle/head", A]]),
    packAt: head.length,
    objects: 7,
  });
});

Deno.test("parseBundleHeader reads version 3 with SHA-256", () => {
  const long = "c".repeat(64);
  const head = `# v3 git bundle\n@object-format=sha256\n-${long}\n${long} refs/x\n\n`;
  assert.deepEqual(parseBundleHeader(bytes(head + PACK)).prerequisites, [long]);
});

Deno.test("parseBundleHeader refuses whatever else a head could hold", () => {
  const ref = `${A} refs/x\n`;
  for (
    const text of [
      "",
      "PACK",
      "# v1 git bundle\n\n",
      `# v2 git bundle\n${ref}`,
      `# v2 git bundle\n${ref}\nNOPE....1234`,
      `# v2 git bundle\n${ref}\nPACK`,
      `# v2 git bundle\n@filter=blob:none\n${ref}\n${PACK}`,
      `# v3 git bundle\n@filter=blob:none\n${ref}\n${PACK}`,
      `# v3 git bundle\n${ref}@object-format=sha1\n\n${PACK}`,
      `# v2 git bundle\n${A} HEAD\n\n${PACK}`,
      `# v2 git bundle\n${A} refs/x y\n\n${PACK}`,
      `# v2 git bundle\n${ref}${ref}\n${PACK}`,
      `# v2 git bundle\n${ref}-${B}\n\n${PACK}`,
      `# v2 git bundle\n${A.slice(1)} refs/x\n\n${PACK}`,
      `# v2 git bundle\n-${B.slice(1)} x\n\n${PACK}`,
      `# v2 git bundle\n${"x".repeat(2 * 1024 * 1024)}`,
    ]
  ) refused(text);
});

Deno.test("parseBundleHeader refuses a head of a hundred thousand refs", () => {
  const refs = Array.from({ length: 100_000 }, (_, at) => `${A} refs/heads/${at}\n`).join("");
  refused(`# v2 git bundle\n${refs}\n${PACK}`);
});
