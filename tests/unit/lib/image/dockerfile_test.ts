import assert from "node:assert/strict";
import { baseImages, declaresArg } from "../../../../lib/image/dockerfile.ts";

Deno.test("declaresArg finds an ARG whatever its case, place, default and company", () => {
  const texts = [
    "FROM x\nARG V\n",
    "ARG V=1\nFROM x\n",
    "FROM x\n  arg V=2.0\n",
    "FROM x\r\nARG A=1 V\r\n",
    'FROM x\nARG A="1 2" V=3\n',
    "FROM x\nARG \\\n  V=1\n",
    "FROM x\nRUN echo $((1<<N))\nARG V\n",
    "FROM x\nRUN cat <<<word\nARG V\n",
    "FROM x\nRUN cat << word\nARG V\n",
    "FROM x\nRUN cat 0<<-'E' > /a\nARG W\n\tE\nARG V\n",
  ];
  for (const text of texts) assert.ok(declaresArg(text, "V"), text);
});

Deno.test("declaresArg is not misled by comments, values and here-documents", () => {
  const texts = [
    "FROM x\n# ARG V\n",
    "FROM x\nENV V=1\n",
    "FROM x\nARG W=V\n",
    "FROM x\nARG VV\n",
    "FROM x\nRUN echo ARG V\n",
    "FROM x\nRUN <<EOF\nARG V\nEOF\n",
  ];
  for (const text of texts) assert.ok(!declaresArg(text, "V"), text);
});

Deno.test("baseImages names the images that a build begins with", () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ["FROM debian:trixie-slim\n", ["debian:trixie-slim"]],
    ["from --platform=linux/amd64 node:22 as build\nFROM debian\n", ["node:22", "debian"]],
    ["FROM node AS build\nFROM Build\nFROM scratch\nCOPY --from=build /a /a\n", ["node"]],
    ["FROM a\nFROM a\n", ["a"]],
    ["ARG V=22\nFROM node:${V}-slim\n", ["node:22-slim"]],
    ["ARG V\nFROM node:${V:-20}\n", ["node:20"]],
    ["ARG V\nFROM node:$V\n", []],
    ["FROM node\nARG V=9\nFROM x:$V\n", ["node"]],
    ["FROM a\nRUN <<'SQL'\nSELECT 1\nFROM users\nSQL\nFROM b\n", ["a", "b"]],
    ["# FROM c\nFROM \\\n  d\n", ["d"]],
    ["FROM --all-tags\nFROM node:${V-22}\nFROM UPPER\n", []],
    ["", []],
  ];
  for (const [text, images] of cases) assert.deepEqual(baseImages(text, {}), images, text);
});

Deno.test("baseImages takes the values that the build is given", () => {
  const text = 'ARG V="22"\nARG OTHER\nFROM node:$V\nFROM $OTHER\n';
  assert.deepEqual(baseImages(text, {}), ["node:22"]);
  assert.deepEqual(baseImages(text, { V: "24", OTHER: "x:1" }), ["node:24", "x:1"]);
});
