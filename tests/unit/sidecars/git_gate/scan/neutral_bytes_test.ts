import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import {
  asUtf16,
  hasAllowComment,
  withoutAllowComments,
  withoutNuls,
} from "../../../../../sidecars/git_gate/scan/neutral_bytes.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array): string => new TextDecoder("latin1").decode(bytes);

Deno.test("hasAllowComment knows the comment as gitleaks does: in exactly these letters", () => {
  assert.equal(hasAllowComment(encode("x # gitleaks:allow")), true);
  assert.equal(hasAllowComment(encode("x # Gitleaks:allow")), false);
  assert.equal(hasAllowComment(encode("gitleaks allow")), false);
});

Deno.test("withoutAllowComments leaves none, changes no length, and leaves its input alone", () => {
  const text = encode("a gitleaks:allow gitleaks:allowgitleaks:allow b");
  const neutral = withoutAllowComments(text);
  assert.equal(hasAllowComment(neutral), false);
  assert.equal(decode(neutral), "a Gitleaks:allow Gitleaks:allowGitleaks:allow b");
  assert.equal(hasAllowComment(text), true);
});

Deno.test("withoutNuls puts spaces in their places", () => {
  assert.equal(decode(withoutNuls(encode("a\0\0b"))), "a  b");
});

Deno.test("asUtf16 reads either order of bytes, and keeps lines", () => {
  const text = "first line\nsecond line\n";
  const little = Buffer.from(text, "utf16le");
  assert.equal(decode(asUtf16(little) ?? new Uint8Array()), text);
  assert.equal(decode(asUtf16(Buffer.from(little).swap16()) ?? new Uint8Array()), text);
});

Deno.test("asUtf16 takes nothing else for it", () => {
  assert.equal(asUtf16(encode("plain text")), undefined);
  assert.equal(asUtf16(encode("one\0two\0three\0four\0")), undefined);
  assert.equal(asUtf16(new Uint8Array(1000)), undefined);
});
