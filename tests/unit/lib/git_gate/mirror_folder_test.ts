import { equal, match, notEqual } from "node:assert/strict";
import { mirrorFolderName } from "../../../../lib/git_gate/mirror_folder.ts";

const upstream = {
  scheme: "ssh",
  user: "git",
  host: "git.example.com",
  port: 22,
  path: "/a.git",
  host_key: "k",
  private_key: "p",
} as const;

Deno.test("mirrorFolderName is the repository's, and another one for another upstream", () => {
  const name = mirrorFolderName({ name: "widget", upstream });
  match(name, /^widget-[0-9a-f]{12}\.git$/);
  for (const part of [{ host: "b.example.com" }, { port: 23 }, { path: "/b.git" }, { user: "x" }]) {
    notEqual(mirrorFolderName({ name: "widget", upstream: { ...upstream, ...part } }), name);
  }
});

Deno.test("mirrorFolderName stays with another key", () => {
  const other = { ...upstream, private_key: "q", host_key: "l" };
  equal(
    mirrorFolderName({ name: "a", upstream: other }),
    mirrorFolderName({ name: "a", upstream }),
  );
});
