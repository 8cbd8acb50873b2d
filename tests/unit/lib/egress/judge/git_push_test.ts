import assert from "node:assert/strict";
import { isGitPush } from "../../../../../lib/egress/judge/git_push.ts";
import { parsePath } from "../../../../../lib/egress/route/path.ts";

function isPush(method: string, target: string, contentType?: string): boolean {
  const path = parsePath(target);
  assert.ok(path.kind === "path", target);
  return isGitPush({ method, path, contentType });
}

Deno.test("isGitPush knows a push's discovery and its body, in every spelling", () => {
  const pushes: [string, string, string?][] = [
    ["GET", "/a/b.git/info/refs?service=git-receive-pack"],
    ["GET", "/a/b/info/refs?x=1&service=git-receive-pack"],
    ["GET", "/a/b/info/refs?service=git%2Dreceive-pack"],
    ["GET", "/a/b/info/refs?%73ervice=git-receive-pack"],
    ["GET", "/a/b/info/refs?service=git-upload-pack&service=git-receive-pack"],
    ["HEAD", "/a/b/info/refs?service=GIT-receive-pack"],
    ["POST", "/a/b.git/git-receive-pack"],
    ["POST", "/a/b.git/git-receive-pack/"],
    ["POST", "/a/b.git/git%2Dreceive-pack"],
    ["POST", "/a/b.git%2Fgit-receive-pack"],
    ["POST", "/a/b.git/git-receive-pack;x"],
    ["POST", "/a/b.git/git-receive-pac%6b?x=1"],
    ["POST", "/a/b.git/git-receive-pack/."],
    ["POST", "/a/b.git/git-receive-pack/x/%2e%2e/"],
    ["POST", "/a/b.git/git-receive-pack%3Fx"],
    ["POST", "/a/b.git/git-receive-pack%23/x"],
    ["POST", "/a/b.git/git-receive-pack%00"],
    ["POST", "/a%3Fb/c.git/git-receive-pack"],
    ["GET", "/a/b/info/refs%3Fservice=git-receive-pack"],
    ["GET", "/a/b/info/refs?Service=git-receive-pack"],
    ["GET", "/a/b/info/refs?%20service=git-receive-pack%00"],
    ["GET", "/a/b/info/refs?service[]=git-receive-pack"],
    ["GET", "/a/b/info/refs?x=1;service=git-receive-pack"],
    ["PUT", "/git-receive-pack"],
    ["POST", "/a/b.git/git%252Dreceive-pack"],
    ["POST", "/a/b.git%25252fgit-receive-pack"],
    ["POST", "/rewritten", "application/x-git-receive-pack-request"],
    ["POST", "/rewritten", "Application/X-Git-Receive-Pack-Request; charset=x"],
  ];
  for (const [method, target, type] of pushes) {
    assert.ok(isPush(method, target, type), `${method} ${target}`);
  }
});

Deno.test("isGitPush takes a reading that says it is something else for a push", () => {
  const path = parsePath("/a/b.git/git-receive-pack");
  assert.ok(path.kind === "path");
  assert.ok(isGitPush({ method: "GET", path, isOverridden: () => true }));
  assert.ok(!isGitPush({ method: "GET", path, isOverridden: () => false }));
  const page = parsePath("/a/b.git/HEAD");
  assert.ok(page.kind === "path");
  assert.ok(!isGitPush({ method: "GET", path: page, isOverridden: () => true }));
});

Deno.test("isGitPush lets fetches and pages about it pass", () => {
  const others: [string, string, string?][] = [
    ["GET", "/a/b.git/info/refs?service=git-upload-pack"],
    ["POST", "/a/b.git/git-upload-pack", "application/x-git-upload-pack-request"],
    ["GET", "/docs/git-receive-pack"],
    ["GET", "/search?services=git-receive-pack"],
    ["POST", "/docs%3Fabout/git-receive-packs"],
    ["GET", "/search?q=git-receive-pack"],
    ["POST", "/git-receive-pack/comments", "application/json"],
    ["POST", "/", "application/json"],
    ["GET", "/"],
  ];
  for (const [method, target, type] of others) {
    assert.equal(isPush(method, target, type), false, `${method} ${target}`);
  }
});
