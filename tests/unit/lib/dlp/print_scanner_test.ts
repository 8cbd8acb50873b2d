import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { fc } from "../../../../lib/deps/fast_check.ts";
import { lettersOf } from "../../../../lib/dlp/letter_window.ts";
import { makeSecretPrints } from "../../../../lib/dlp/make_secret_prints.ts";
import { PrintScanner } from "../../../../lib/dlp/print_scanner.ts";
import { printSpellings } from "../../../../lib/dlp/print_spellings.ts";

const SALT = new Uint8Array(32).fill(7);
const SECRET = "tok-7Gh2_kP9+wQz/4vB=x";

function scannerOf(...values: readonly string[]): PrintScanner {
  return new PrintScanner(
    makeSecretPrints(values.map((value, index) => ({ name: `S${index}`, value })), SALT),
  );
}

function find(text: string | Uint8Array, ...values: readonly string[]): readonly string[] {
  const data = typeof text === "string" ? new TextEncoder().encode(text) : text;
  return scannerOf(...values).scan(data).map(({ name, line }) => `${name}:${line}`);
}

const bytes = Buffer.from(SECRET);
const spelled: Readonly<Record<string, string>> = {
  plain: SECRET,
  "other letter case": SECRET.toUpperCase(),
  reversed: [...SECRET].reverse().join(""),
  base64: bytes.toString("base64"),
  "base64 behind one byte": Buffer.concat([Buffer.from("a"), bytes, Buffer.from("bc")])
    .toString("base64"),
  "base64 behind two bytes": Buffer.concat([Buffer.from("ab"), bytes, Buffer.from("c")])
    .toString("base64"),
  "base64 for urls": bytes.toString("base64url"),
  "base64 in lines": bytes.toString("base64").replace(/.{8}/g, "$&\n"),
  hexadecimal: bytes.toString("hex"),
  "hexadecimal with colons": bytes.toString("hex").toUpperCase().replace(/../g, "$&:"),
  "percent-encoded": encodeURIComponent(SECRET),
  "percent-encoded throughout": bytes.toString("hex").replace(/../g, "%$&"),
  "JSON with escapes": [...SECRET]
    .map((letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`).join(""),
  "C escapes": bytes.toString("hex").replace(/../g, "\\x$&"),
  "octal escapes": [...bytes].map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join(""),
  "numeric entities": [...bytes].map((byte) => `&#${byte};`).join(""),
  "hexadecimal entities": [...bytes].map((byte) => `&#x${byte.toString(16)};`).join(""),
  "a list of bytes": `[${[...bytes].join(", ")}]`,
  "a string in pieces": SECRET.replace(/.{4}/g, '$&" + "'),
  "UTF-16": Buffer.from(SECRET, "utf16le").toString("latin1"),
};

for (const [name, text] of Object.entries(spelled)) {
  Deno.test(`PrintScanner finds a secret: ${name}`, () => {
    assert.deepEqual(find(`first\nsecond ${text}\nthird`, SECRET), ["S0:2"]);
  });
}

Deno.test("PrintScanner finds a secret in binary data, and says where it begins", () => {
  const data = Buffer.concat([Buffer.from([0, 255, 10, 128, 10]), bytes, Buffer.from([0, 200])]);
  assert.deepEqual(find(data, SECRET), ["S0:3"]);
});

Deno.test("PrintScanner finds nothing where a letter is missing, or another", () => {
  assert.deepEqual(find(SECRET.slice(1), SECRET), []);
  assert.deepEqual(find(SECRET.slice(0, -1), SECRET), []);
  assert.deepEqual(find(SECRET.replace("w", "v"), SECRET), []);
});

Deno.test("PrintScanner tells secrets apart, and each once a line", () => {
  const [one, two] = ["first-12345678", "second-12345678"];
  const text = `${one} ${one}\n${two}\n\n${one}`;
  assert.deepEqual(find(text, one, two), ["S0:1", "S1:2", "S0:4"]);
});

Deno.test("PrintScanner stops after a hundred", () => {
  assert.equal(find(`${SECRET}\n`.repeat(500), SECRET).length, 100);
  // Each is at the end of all the lines before it, and would have them counted: for hours.
  assert.deepEqual(find("\n".repeat(1_000_000) + `${SECRET} `.repeat(400_000), SECRET), [
    "S0:1000001",
  ]);
});

Deno.test("PrintScanner finds what a naive search finds, and nothing else", () => {
  const letters = fc.string({ unit: fc.constantFrom(..."abAB12-/ \n\u00e4") });
  fc.assert(fc.property(
    fc.string({ unit: fc.constantFrom(..."abAB12-/"), minLength: 8, maxLength: 14 }),
    letters,
    letters,
    fc.boolean(),
    (secret, before, after, isThere) => {
      const text = before + (isThere ? secret : "") + after;
      const spellings = printSpellings(secret);
      const expected = spellings.some((spelling) => lettersOf(text).includes(spelling));
      assert.equal(find(text, secret).length > 0, expected);
      if (isThere && lettersOf(secret).length >= 6) assert.ok(expected);
    },
  ));
});

Deno.test("PrintScanner finds a secret at every place of random data", () => {
  fc.assert(fc.property(
    fc.uint8Array({ maxLength: 300 }),
    fc.uint8Array({ maxLength: 300 }),
    (before, after) => {
      const data = Buffer.concat([before, Buffer.from("\n"), bytes, Buffer.from("\n"), after]);
      const line = before.filter((byte) => byte === 10).length + 2;
      assert.deepEqual(find(data, SECRET), [`S0:${line}`]);
    },
  ));
});
