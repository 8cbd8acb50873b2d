import assert from "node:assert/strict";
import { isImageReference, isPinned } from "../../../../lib/image/reference.ts";

const DIGEST = `@sha256:${"ab".repeat(32)}`;

Deno.test("isImageReference takes what registries and engines do", () => {
  const good = [
    "debian",
    "debian:trixie-slim",
    "node:22-slim",
    "library/debian",
    "team/tools:1.2_x-Y",
    "localhost/x",
    "localhost:5000/x:1",
    "registry.example:5000/team/a__b-c.d/tools",
    `tools${DIGEST}`,
    `registry.example/team/tools:1${DIGEST}`,
  ];
  for (const text of good) assert.ok(isImageReference(text), text);
});

Deno.test("isImageReference refuses options, blanks, shells' words and half references", () => {
  const bad = [
    "",
    "-x",
    "--privileged",
    " debian",
    "debian ",
    "a b",
    "a\n",
    "a:",
    ":a",
    "a/",
    "/a",
    "a//b",
    "a:b:c",
    "Team/Tools",
    "a@sha256:12",
    "a@md5:00",
    `a${DIGEST}0`,
    "a;b",
    "$(id)",
    "../a",
    "a..b",
    "http://a/b",
    `a${"/a".repeat(300)}`,
  ];
  for (const text of bad) assert.ok(!isImageReference(text), JSON.stringify(text));
});

Deno.test("isImageReference comes to an end on what could keep a pattern busy", () => {
  for (const text of ["a-".repeat(190), "a.".repeat(190), "a__".repeat(120), "-".repeat(390)]) {
    assert.equal(isImageReference(`${text}!`), false);
  }
});

Deno.test("isPinned tells a digest from a tag", () => {
  assert.ok(isPinned(`a:1${DIGEST}`));
  assert.ok(!isPinned("a:1"));
});
