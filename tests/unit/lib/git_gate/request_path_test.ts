import { deepEqual, equal } from "node:assert/strict";
import { fc } from "../../../../lib/deps/fast_check.ts";
import { routeRequest } from "../../../../lib/git_gate/request_path.ts";

const NAMES = new Set(["widget", "a.b-c_d"]);
const REFS = "/info/refs";
const UP = "service=git-upload-pack";

for (
  const path of [
    "/widget",
    "/widget.git",
    "/widget/",
    "/widget/.git",
    "/widget/.git/",
    "/a.b-c_d",
    "/widget.git/.git",
  ]
) {
  Deno.test(`routeRequest finds a repository at ${path}`, () => {
    const repo = path.startsWith("/widget") ? "widget" : "a.b-c_d";
    deepEqual(routeRequest(NAMES, "GET", `${path}${REFS}`, UP), {
      kind: "advertisement",
      repo,
      service: "git-upload-pack",
    });
    deepEqual(routeRequest(NAMES, "POST", `${path}/git-receive-pack`, ""), {
      kind: "service",
      repo,
      service: "git-receive-pack",
    });
  });
}

for (
  const path of [
    "",
    "/",
    "//widget",
    "/widget/-other.git",
    "/widgets",
    "/Widget",
    "/widget.git.git/x",
    "/x/widget",
    "/widget/..",
    "/widget//.git",
    "/.git",
    "/widget/.git/.git",
  ]
) {
  Deno.test(`routeRequest knows no repository at "${path}"`, () => {
    equal(routeRequest(NAMES, "GET", `${path}${REFS}`, UP).kind, "undeclared");
  });
}

for (
  const [method, path, query, status] of [
    ["GET", "/widget/info/refs", "", 404],
    ["GET", "/widget/info/refs", "service=git-upload-archive", 404],
    ["GET", "/widget/info/refs", `${UP}&x=1`, 404],
    ["GET", "/widget/info/refs", `x=1&${UP}`, 404],
    ["GET", "/widget/info/refs", "service=git%2dupload-pack", 404],
    ["HEAD", "/widget/info/refs", UP, 405],
    ["POST", "/widget/info/refs", UP, 405],
    ["GET", "/widget/git-upload-pack", "", 405],
    ["POST", "/widget/git-upload-pack", "x=1", 404],
    ["POST", "/widget/git-upload-archive", "", 404],
    ["GET", "/widget/HEAD", "", 404],
    ["GET", "/widget/objects/pack/pack-1.pack", "", 404],
    ["GET", "/w%69dget/info/refs", UP, 400],
    ["GET", "/widget\\info/refs", UP, 400],
    ["GET", "/wid get/info/refs", UP, 400],
    ["GET", "/wídget/info/refs", UP, 400],
    ["GET", `/${"a".repeat(2_100)}/info/refs`, UP, 400],
  ] as const
) {
  Deno.test(`routeRequest answers ${method} ${path.slice(0, 40)}?${query} with ${status}`, () => {
    deepEqual(routeRequest(NAMES, method, path, query), { kind: "other", status });
  });
}

Deno.test("routeRequest tells Git LFS from git, whatever the repository", () => {
  for (
    const path of [
      "/widget.git/info/lfs/objects/batch",
      "/x/info/lfs",
      "/widget/info/lfs/locks/verify",
    ]
  ) {
    equal(routeRequest(NAMES, "POST", path, "").kind, "lfs");
  }
  equal(routeRequest(NAMES, "GET", "/widget/info/lfsx", "").kind, "other");
});

Deno.test("routeRequest never finds a repository that is not declared", () => {
  fc.assert(fc.property(fc.string(), fc.constantFrom(REFS, "/git-upload-pack", ""), (text, end) => {
    for (const method of ["GET", "POST"]) {
      const asked = routeRequest(NAMES, method, `/${text}${end}`, end === REFS ? UP : "");
      if ("repo" in asked) equal(NAMES.has(asked.repo), true);
    }
  }));
});
