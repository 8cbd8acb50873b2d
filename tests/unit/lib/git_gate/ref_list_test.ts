import { deepEqual, equal } from "node:assert/strict";
import {
  isMirrored,
  parseForEachRef,
  parseHeadFile,
  parseLsRemote,
  sameHead,
  sameRefs,
} from "../../../../lib/git_gate/ref_list.ts";

const A = "a".repeat(40);
const B = "b".repeat(40);
const MAIN = { kind: "branch", name: "refs/heads/main" } as const;

Deno.test("parseLsRemote reads HEAD's branch, heads and tags, and no peeled tag", () => {
  const read = parseLsRemote([
    `ref: refs/heads/main\tHEAD`,
    `${A}\tHEAD`,
    `${A}\trefs/heads/main`,
    `${B}\trefs/tags/v1`,
    `${A}\trefs/tags/v1^{}`,
    "",
  ].join("\n"));
  deepEqual(read, { head: MAIN, refs: new Map([["refs/heads/main", A], ["refs/tags/v1", B]]) });
});

Deno.test("parseLsRemote reads a detached HEAD, and one that is not told", () => {
  deepEqual(parseLsRemote(`${A}\tHEAD\n${A}\trefs/heads/x\n`).head, { kind: "detached", id: A });
  equal(parseLsRemote(`${A}\trefs/heads/x\n`).head, undefined);
  deepEqual(parseLsRemote(""), { head: undefined, refs: new Map() });
});

Deno.test("parseLsRemote reads ids of SHA-256", () => {
  const id = "c".repeat(64);
  equal(parseLsRemote(`${id}\trefs/heads/x\n`).refs.get("refs/heads/x"), id);
});

Deno.test("parseLsRemote leaves out what an upstream should not say", () => {
  const read = parseLsRemote([
    `ref: --upload-pack=x\tHEAD`,
    `ref: refs/heads/../../x\tHEAD`,
    `${A}\trefs/heads/a b`,
    `${A}\trefs/heads/\x1b[31m`,
    `${A}\trefs/heads/a..b`,
    `${A}\trefs/heads/a.lock`,
    `${A}\trefs/pull/1/head`,
    `${A}\trefs/notes/commits`,
    `not an id\trefs/heads/y`,
    `${A}`,
  ].join("\n"));
  deepEqual(read, { head: undefined, refs: new Map() });
});

for (
  const [name, isGood] of [
    ["refs/heads/main", true],
    ["refs/heads/a/b.c-d", true],
    ["refs/tags/v1.0", true],
    ["refs/heads/ünï", true],
    ["refs/heads/", false],
    ["refs/heads/.a", false],
    ["refs/heads/a/.b", false],
    ["refs/heads/a.", false],
    ["refs/heads/a//b", false],
    ["refs/heads/a.lock/b", false],
    ["refs/heads/a@{b", false],
    ["refs/heads/a\\b", false],
    ["refs/heads/a\x7f", false],
    ["refs/remotes/a", false],
    ["HEAD", false],
  ] as const
) {
  Deno.test(`isMirrored says ${isGood} of ${JSON.stringify(name)}`, () =>
    equal(isMirrored(name), isGood));
}

Deno.test("parseForEachRef reads names with any letters", () => {
  deepEqual(
    parseForEachRef(`${A} refs/heads/x y\n${B} refs/tags/v\n`),
    new Map([["refs/heads/x y", A], ["refs/tags/v", B]]),
  );
});

Deno.test("parseHeadFile reads both forms, and no others", () => {
  deepEqual(parseHeadFile("ref: refs/heads/main\n"), MAIN);
  deepEqual(parseHeadFile(`${A}\n`), { kind: "detached", id: A });
  equal(parseHeadFile("\0\0\0"), undefined);
  equal(parseHeadFile(""), undefined);
});

Deno.test("sameRefs sees one that is missing, one more and one that moved", () => {
  const refs = new Map([["refs/heads/a", A], ["refs/heads/b", B]]);
  equal(sameRefs(refs, new Map(refs)), true);
  equal(sameRefs(refs, new Map([["refs/heads/a", A]])), false);
  equal(sameRefs(new Map([["refs/heads/a", A]]), refs), false);
  equal(sameRefs(refs, new Map([["refs/heads/a", A], ["refs/heads/b", A]])), false);
  equal(sameRefs(refs, new Map([["refs/heads/a", A], ["refs/heads/c", B]])), false);
});

Deno.test("sameHead takes what the upstream does not tell for unchanged", () => {
  equal(sameHead(MAIN, undefined), true);
  equal(sameHead(MAIN, { ...MAIN }), true);
  equal(sameHead(MAIN, { kind: "detached", id: A }), false);
  equal(sameHead(undefined, MAIN), false);
});
