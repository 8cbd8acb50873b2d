import assert from "node:assert/strict";
import { CUT, escapeAt } from "../../../../../lib/egress/scan/escapes.ts";
import { unescapeData } from "../../../../../lib/egress/scan/unescaped.ts";

function bytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function text(data: Uint8Array): string {
  return String.fromCharCode(...data);
}

const escapes: readonly (readonly [escape: string, means: string])[] = [
  ["\\n", " "],
  ["\\t", " "],
  ['\\"', '"'],
  ["\\\\", "\\"],
  ["\\/", "/"],
  ["\\u0073", "s"],
  ["\\u200b", " "],
  ["\\x4A", "J"],
  ["\\xe9", " "],
  ["%2b", "+"],
  ["%C3", " "],
  ["&#115;", "s"],
  ["&#x73;", "s"],
  ["&#X00073;", "s"],
  ["&#8203;", " "],
  ["&amp;", " "],
  ["&zwnj;", " "],
];
Deno.test("escapeAt reads escapes of JSON, URIs and HTML", () => {
  for (const [escape, means] of escapes) {
    const packed = escapeAt(bytes(`-${escape}-`), 1);
    assert.deepEqual([packed >> 8, packed & 0xff], [escape.length, means.charCodeAt(0)], escape);
  }
});

Deno.test("escapeAt takes nothing else for an escape", () => {
  const others = [
    "a",
    "\\q",
    "\\u00g0",
    "\\xg0",
    "%g0",
    "%2",
    "& b;",
    "&a;",
    "&#;",
    "&#xg;",
    "&1a;",
    "&a#b;",
    "&abcdefghijkl;",
  ];
  for (const other of others) assert.equal(escapeAt(bytes(`${other} -----------`), 0), 0, other);
});

Deno.test("escapeAt knows an escape that is cut", () => {
  for (const [escape] of escapes) {
    for (let length = 1; length < escape.length; length++) {
      assert.equal(escapeAt(bytes(escape.slice(0, length)), 0), CUT, escape.slice(0, length));
    }
  }
});

Deno.test("unescapeData reads each escape once, and finds every place again", () => {
  const original = "ab%41\\u0042&#67;\\\\n%2541\n";
  const unescaped = unescapeData(bytes(original), 0);
  assert.equal(unescaped && text(unescaped.data), "abABC\\n%41\n");
  const places = [0, 1, 2, 5, 11, 16, 18, 19, 22, 23, 24, 25];
  assert.deepEqual(places.map((_, place) => unescaped?.toOriginal(place)), places);
});

Deno.test("unescapeData leaves out what is cut, and says where it begins", () => {
  const unescaped = unescapeData(bytes("ab\\u00"), 0);
  assert.equal(unescaped && text(unescaped.data), "ab");
  assert.equal(unescaped?.toOriginal(2), 2);
  assert.equal(unescapeData(bytes("no & escape % in it \\."), 0), undefined);
});

Deno.test("unescapeData leaves an escape that binary data shuts in", () => {
  assert.equal(unescapeData(bytes("\x01abc%41def\x01"), 4), undefined);
  assert.notEqual(unescapeData(bytes("\x01abc%41def\x01"), 2), undefined);
  assert.notEqual(unescapeData(bytes("\x01abc%41def-"), 4), undefined);
  assert.notEqual(unescapeData(bytes("-abc%41def\x01"), 4), undefined);
});
