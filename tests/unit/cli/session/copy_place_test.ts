import assert from "node:assert/strict";
import { guestPath, parseCopy, splitLast } from "../../../../cli/session/copy_place.ts";

Deno.test("parseCopy tells which end is in a bottle", () => {
  assert.deepEqual(parseCopy("a.txt", "demo-ab12c:b.txt"), {
    direction: "in",
    slug: "demo-ab12c",
    host: "a.txt",
    guest: "b.txt",
  });
  assert.deepEqual(parseCopy("demo-ab12c:/tmp/x:y", "./demo-ab12c:z"), {
    direction: "out",
    slug: "demo-ab12c",
    guest: "/tmp/x:y",
    host: "./demo-ab12c:z",
  });
});

const BAD: readonly (readonly [source: string, target: string, message: RegExp])[] = [
  ["a", "b", /Neither end/],
  ["", "b", /Neither end/],
  ["demo-ab12c:a", "", /Neither end/],
  ["demo-ab12c:a", "demo-ab12c:b", /from one bottle to another/],
  ["demo-ab12c:", "b", /No path after "demo-ab12c:"/],
  ["demo-ab12c:a\0b", "b", /No path after/],
  ["Demo-ab12c:a", "b", /Neither end/],
];

for (const [source, target, message] of BAD) {
  Deno.test(`parseCopy refuses ${JSON.stringify([source, target])}`, () => {
    assert.throws(() => parseCopy(source, target), { code: "usage", exitCode: 2, message });
  });
}

Deno.test("guestPath begins where the agent works", () => {
  assert.equal(guestPath("a/b", "/home/node/workspace"), "/home/node/workspace/a/b");
  assert.equal(guestPath("/a", "/home/node/workspace"), "/a");
});

const SPLIT: readonly (readonly [path: string, folder: string | undefined, name?: string])[] = [
  ["/a/b", "/a", "b"],
  ["/a/b/", "/a", "b"],
  ["/a/b//./", "/a", "b"],
  ["/a", "/", "a"],
  ["a", ".", "a"],
  ["/", undefined],
  ["/a/..", undefined],
  [".", undefined],
  ["", undefined],
];

for (const [path, folder, name] of SPLIT) {
  Deno.test(`splitLast of ${JSON.stringify(path)}`, () => {
    assert.deepEqual(splitLast(path), folder === undefined ? undefined : { folder, name });
  });
}
