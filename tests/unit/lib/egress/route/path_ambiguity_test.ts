import assert from "node:assert/strict";
import { fc } from "../../../../../lib/deps/fast_check.ts";
import { findDoubts } from "../../../../../lib/egress/route/path_ambiguity.ts";
import { parsePath } from "../../../../../lib/egress/route/path.ts";

function doubt(target: string): string {
  const path = parsePath(target);
  assert.ok(path.kind === "path", target);
  return path.ambiguity ?? "none";
}

Deno.test("findDoubts reads a path as servers do that fold, squeeze or leave out characters", () => {
  const cases: [string, RegExp][] = [
    ["/a/%EF%BC%8F..", /take for a slash/], // full-width solidus
    ["/a%ef%bc%8fb", /take for a slash/],
    ["/a%E2%88%95b", /take for a slash/], // division slash
    ["/a%E2%81%84b", /take for a slash/], // fraction slash
    ["/a%E2%84%80b", /take for a slash/], // a/c
    ["/a%EF%BC%BCb", /take for a slash/], // full-width reverse solidus
    ["/a%E2%88%96b", /take for a slash/], // set minus
    ["/a%C2%A5b", /take for a slash/], // yen
    ["/a%EF%BC%852fb", /take for a slash, a percent sign/], // full-width percent
    ["/a%EF%BC%9Bx", /semicolon/], // full-width semicolon
    ["/a%CD%BEx", /semicolon/], // Greek question mark
    ["/a/%EF%BC%8E%EF%BC%8E/b", /dot segment/], // full-width full stops
    ["/a/%E2%80%A5/b", /dot segment/], // two dot leader
    ["/a/.%E2%80%A4/b", /dot segment/], // one dot leader
    ["/a/.%E2%80%8B./b", /dot segment/], // zero-width space
    ["/a/.%C2%AD./b", /dot segment/], // soft hyphen
    ["/a/%EF%BB%BF../b", /dot segment/], // byte order mark
    ["/a/..%C2%A0/b", /dot segment/], // no-break space
    ["/a/%20../b", /dot segment/],
    ["/a/.%20./b", /dot segment/],
    ["/a/%E2%80%8B/b", /empty segment/],
    ["/a/..%EF%BC%9Fx", /dot segment/], // full-width question mark
    ["/a%C2%85b", /control character/], // NEL
    ["/a%E9b", /no UTF-8/], // ISO 8859-1
    ["/a/.%FF./b", /no UTF-8/],
    ["/a%ED%A0%80b", /no UTF-8/], // a surrogate
    ["/a%F4%90%80%80b", /no UTF-8/], // beyond Unicode
    ["/a%u002fb", /percent sign/],
    ["/a%uff0fb", /percent sign/],
    ["/a&sol;b", /semicolon/],
  ];
  for (const [target, why] of cases) assert.match(doubt(target), why, target);
});

Deno.test("findDoubts finds nothing in names of other scripts", () => {
  const names = ["ü", "日本語", "ｶﾀｶﾅ", "русский", "مرحبا", "😀", "Ａ", "①", "…x", "a．b"];
  for (const name of names) assert.equal(doubt(`/x/${encodeURIComponent(name)}`), "none", name);
});

Deno.test("findDoubts knows every character that NFKC makes a slash, a backslash, a percent sign or a semicolon of", () => {
  for (let code = 0x80; code <= 0x10ffff; code++) {
    if (code === 0xd800) code = 0xe000;
    const character = String.fromCodePoint(code);
    if (!/[/\\%;]/.test(character.normalize("NFKC"))) continue;
    assert.notEqual(findDoubts(`/a${encodeURIComponent(character)}b`).ambiguity, undefined);
  }
});

Deno.test("findDoubts tells where a server may end a path", () => {
  for (const path of ["/a%3Fb", "/a%23b", `/a${encodeURIComponent("？")}b`]) {
    assert.match(findDoubts(path).cut ?? "none", /question mark/, path);
    assert.equal(findDoubts(path).ambiguity, undefined, path);
  }
  assert.equal(findDoubts("/a/b").cut, undefined);
});

Deno.test("findDoubts: a path without doubts has the same segments for a server that decodes, folds and resolves it", () => {
  const part = fc.constantFrom(
    ..."/.;%?#\\ab20",
    "%2E",
    "%2e",
    "%2F",
    "%5C",
    "%3B",
    "%25",
    "%00",
    "%20",
    "%E2%80%A5",
    "%EF%BC%8F",
    "%EF%BC%8E",
    "%E2%80%8B",
    "%C0%AE",
    "%FF",
    "%C3%BC",
    "%CD%BE",
    "%C2%A0",
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
      const target = `/${parts.join("")}`;
      const parsed = parsePath(target);
      if (parsed.kind === "bad" || parsed.ambiguity !== undefined) return;
      if (parsed.cut !== undefined) return;
      const lenient = decodeURIComponent(parsed.path).normalize("NFKC")
        .replace(/\p{Default_Ignorable_Code_Point}/gu, "").replaceAll("\\", "/")
        .split("/").map((segment) => segment.replace(/;.*/, "").trim());
      const resolved: string[] = [];
      for (const segment of lenient.slice(1)) {
        if (segment === "..") resolved.pop();
        else if (segment !== ".") resolved.push(segment);
      }
      assert.equal(resolved.length, parsed.path.split("/").length - 1, parsed.path);
    }),
    { numRuns: 20_000 },
  );
});
