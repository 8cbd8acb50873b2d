import assert from "node:assert/strict";
import type { BlockReason } from "../../../../../lib/egress/reason.ts";
import { presetNames } from "../../../../../lib/manifest/presets.ts";
import { judgeLine, presetTable } from "../../../../support/presets.ts";

/** Requests, what comes of them, and further lines of their heads. */
type Verdicts = readonly (readonly ["ok" | BlockReason, line: string, ...fields: string[]])[];

const PUSH = "Content-Type: application/x-git-receive-pack-request";

const verdicts: Readonly<Record<string, Verdicts>> = {
  "builtin/npm": [
    ["ok", "GET https://registry.npmjs.org/is-odd"],
    ["ok", "GET https://registry.npmjs.org/@types%2fnode"],
    ["ok", "GET https://registry.npmjs.org/@types/node/-/node-22.0.0.tgz"],
    ["ok", "HEAD https://registry.npmjs.org/is-odd/-/is-odd-3.0.1.tgz"],
    ["ok", "GET https://registry.npmjs.org/-/npm/v1/keys"],
    ["ok", "POST https://registry.npmjs.org/-/npm/v1/security/advisories/bulk"],
    ["method", "POST https://registry.npmjs.org/-/npm/v1/security/advisories/bulk/"],
    ["method", "POST https://registry.npmjs.org/-/npm/v1/security/advisories/../../tokens"],
    ["method", "POST https://registry.npmjs.org/-/npm/v1/security/advisories/bulk%2f..%2fx"],
    ["method", "PUT https://registry.npmjs.org/stolen"],
    ["method", "PUT https://registry.npmjs.org/@me%2fstolen"],
    ["method", "PUT https://registry.npmjs.org/-/user/org.couchdb.user:me"],
    ["method", "POST https://registry.npmjs.org/-/v1/login"],
    ["method", "POST https://registry.npmjs.org/-/npm/v1/tokens"],
    ["method", "PUT https://registry.npmjs.org/-/package/is-odd/dist-tags/latest"],
    ["method", "DELETE https://registry.npmjs.org/is-odd/-rev/1-a"],
    ["method", "GET https://registry.npmjs.org/is-odd", "X-HTTP-Method-Override: PUT"],
    ["port", "GET https://registry.npmjs.org:8443/is-odd"],
    ["host-not-allowed", "GET https://www.npmjs.com/package/is-odd"],
    ["host-not-allowed", "GET https://registry.npmjs.org.evil.example/is-odd"],
    ["host-not-allowed", "GET https://npm.pkg.github.com/is-odd"],
    ["host-not-allowed", "GET https://nodejs.org/dist/index.json"],
  ],
  "builtin/pypi": [
    ["ok", "GET https://pypi.org/simple/"],
    ["ok", "GET https://pypi.org/simple/six/"],
    ["ok", "GET https://pypi.org/pypi/six/json"],
    ["ok", "GET https://pypi.org/pypi/six/1.17.0/json"],
    ["ok", "GET https://files.pythonhosted.org/packages/b7/ce/14/six-1.17.0-py2.py3-none-any.whl"],
    ["ok", "HEAD https://files.pythonhosted.org/packages/a/b/six-1.17.0.whl.metadata"],
    ["method", "POST https://pypi.org/simple/six/"],
    ["no-match", "POST https://pypi.org/pypi"],
    ["no-match", "POST https://pypi.org/legacy/"],
    ["no-match", "POST https://pypi.org/_/oidc/mint-token"],
    ["no-match", "GET https://pypi.org/account/login/"],
    ["no-match", "GET https://pypi.org/search/?q=secret"],
    ["no-match", "GET https://pypi.org/pypi/six/1/2/json"],
    ["protocol", "GET https://pypi.org/simple/../account/login/"],
    ["protocol", "GET https://pypi.org/simple/%2e%2e/account/"],
    ["protocol", "GET https://pypi.org/simple/six;/../../x"],
    ["no-match", "GET https://pypi.org/simplex/"],
    ["no-match", "GET https://pypi.org/simple/", "X-Original-URL: /account/login/"],
    ["method", "PUT https://files.pythonhosted.org/packages/x"],
    ["no-match", "GET https://files.pythonhosted.org/other"],
    ["host-not-allowed", "POST https://upload.pypi.org/legacy/"],
    ["host-not-allowed", "GET https://test.pypi.org/simple/"],
    ["port", "GET http://pypi.org:443/simple/"],
  ],
  "builtin/crates": [
    ["ok", "GET https://index.crates.io/config.json"],
    ["ok", "GET https://index.crates.io/se/rd/serde"],
    ["ok", "GET https://index.crates.io/1/a"],
    ["ok", "GET https://static.crates.io/crates/serde/1.0.0/download"],
    ["ok", "GET https://static.crates.io/crates/serde/serde-1.0.0.crate"],
    ["method", "PUT https://static.crates.io/crates/serde/1.0.0/download"],
    ["method", "POST https://index.crates.io/se/rd/serde"],
    ["no-match", "GET https://static.crates.io/db-dump.tar.gz"],
    ["protocol", "GET https://static.crates.io/crates/../readmes/x"],
    ["host-not-allowed", "PUT https://crates.io/api/v1/crates/new"],
    ["host-not-allowed", "DELETE https://crates.io/api/v1/crates/serde/1.0.0/yank"],
    ["host-not-allowed", "GET https://crates.io/api/v1/crates?q=secret"],
    ["host-not-allowed", "GET https://static.rust-lang.org/dist/channel-rust-stable.toml"],
    ["host-not-allowed", "GET https://github.com/rust-lang/crates.io-index/info/refs"],
  ],
  "builtin/debian": [
    ["ok", "GET http://deb.debian.org/debian/dists/trixie/InRelease"],
    ["ok", "GET https://deb.debian.org/debian/dists/trixie/InRelease"],
    ["ok", "GET http://deb.debian.org/debian/dists/trixie/main/by-hash/SHA256/0a1b"],
    ["ok", "GET http://deb.debian.org/debian/pool/main/g/g%2b%2b/g%2b%2b_14.2_amd64.deb"],
    ["ok", "GET http://deb.debian.org/debian/pool/main/h/hello/hello_2.10-5~deb13_amd64.deb"],
    ["ok", "GET http://deb.debian.org/debian-security/dists/trixie-security/InRelease"],
    ["ok", "GET http://security.debian.org/debian-security/dists/trixie-security/InRelease"],
    ["method", "POST http://deb.debian.org/debian/x"],
    ["method", "PUT http://security.debian.org/debian-security/x"],
    ["no-match", "GET http://deb.debian.org/debian-debug/dists/x"],
    ["no-match", "GET http://deb.debian.org/"],
    ["no-match", "GET http://security.debian.org/debian/x"],
    ["protocol", "GET http://deb.debian.org/debian/../x"],
    ["port", "GET http://deb.debian.org:8080/debian/x"],
    ["host-not-allowed", "GET http://ftp.debian.org/debian/dists/trixie/InRelease"],
    ["host-not-allowed", "GET http://snapshot.debian.org/archive/debian/"],
    ["host-not-allowed", "GET http://archive.ubuntu.com/ubuntu/"],
  ],
  "builtin/github": [
    ["ok", "GET https://github.com/git/git.git/info/refs?service=git-upload-pack"],
    ["ok", "GET https://github.com/git/git/info/refs?service=git-upload-pack"],
    ["ok", "POST https://github.com/git/git.git/git-upload-pack"],
    ["ok", "GET https://github.com/cli/cli/releases/download/v2.0.0/gh_2.0.0_linux_amd64.tar.gz"],
    ["ok", "GET https://github.com/cli/cli/releases/latest/download/checksums.txt"],
    ["ok", "GET https://github.com/git/git/archive/refs/tags/v2.50.0.tar.gz"],
    ["ok", "GET https://github.com/git/git/raw/master/README.md"],
    ["ok", "GET https://codeload.github.com/git/git/tar.gz/refs/tags/v2.50.0"],
    ["ok", "GET https://codeload.github.com/git/git/legacy.zip/refs/heads/master"],
    [
      "ok",
      "GET https://release-assets.githubusercontent.com/github-production-release-asset/1/a?sp=r&sig=x",
    ],
    [
      "ok",
      "GET https://objects.githubusercontent.com/github-production-release-asset-2e65be/1/a?X-Amz-Signature=x",
    ],
    ["ok", "GET https://raw.githubusercontent.com/git/git/master/README.md"],
    ["ok", "GET https://api.github.com/repos/git/git/releases/latest"],
    ["git-push", "GET https://github.com/git/git.git/info/refs?service=git-receive-pack"],
    ["git-push", "GET https://github.com/git/git/info/refs?x=1&service=git%2Dreceive-pack"],
    ["git-push", "POST https://github.com/git/git/git-upload-pack", PUSH],
    ["git-push", "POST https://github.com/a/b/git-upload-pack?service=git-receive-pack"],
    ["no-match", "POST https://github.com/git/git.git/git-receive-pack"],
    ["method", "POST https://github.com/git/git/info/refs?service=git-upload-pack"],
    ["method", "GET https://github.com/git/git/git-upload-pack"],
    ["no-match", "POST https://github.com/git/git/x/git-upload-pack"],
    ["no-match", "POST https://github.com/git/git-upload-pack"],
    ["no-match", "POST https://github.com/git/git/git-upload-pack/"],
    ["protocol", "POST https://github.com/git/git/../../session/git-upload-pack"],
    ["protocol", "POST https://github.com/session/x/..;/git-upload-pack"],
    ["protocol", "POST https://github.com/a%2fb/c/git-upload-pack"],
    ["protocol", "POST https://github.com//c/git-upload-pack"],
    ["no-match", "POST https://github.com/session"],
    ["no-match", "GET https://github.com/login"],
    ["no-match", "GET https://github.com/search?q=secret"],
    ["no-match", "GET https://github.com/git/git"],
    ["no-match", "POST https://github.com/git/git/issues"],
    ["no-match", "POST https://github.com/git/git.git/info/lfs/objects/batch"],
    ["method", "POST https://github.com/git/git/releases/download/v1/x"],
    ["no-match", "PUT https://codeload.github.com/x"],
    ["no-match", "GET https://objects.githubusercontent.com/other/1"],
    [
      "method",
      "PUT https://release-assets.githubusercontent.com/github-production-release-asset/1",
    ],
    ["no-match", "POST https://api.github.com/gists"],
    ["no-match", "GET https://api.github.com/gists"],
    ["no-match", "POST https://api.github.com/graphql"],
    ["no-match", "POST https://api.github.com/user/repos"],
    ["method", "POST https://api.github.com/repos/git/git/issues"],
    ["method", "POST https://api.github.com/repos/git/git/forks"],
    ["method", "PUT https://api.github.com/repos/git/git/contents/x"],
    ["method", "GET https://api.github.com/repos/git/git", "X-HTTP-Method-Override: PATCH"],
    ["protocol", "GET https://api.github.com/repos/../gists"],
    ["method", "POST https://raw.githubusercontent.com/git/git/master/x"],
    ["host-not-allowed", "POST https://uploads.github.com/repos/git/git/releases/1/assets?name=x"],
    ["host-not-allowed", "GET https://gist.github.com/x"],
    ["host-not-allowed", "GET https://gist.githubusercontent.com/x"],
    ["host-not-allowed", "GET https://ghcr.io/v2/"],
    ["host-not-allowed", "GET https://me.github.io/?secret"],
    ["host-not-allowed", "GET https://www.github.com/git/git/info/refs"],
  ],
  "builtin/gitlab": [
    ["ok", "GET https://gitlab.com/group/project.git/info/refs?service=git-upload-pack"],
    ["ok", "GET https://gitlab.com/group/project/info/refs?service=git-upload-pack"],
    ["ok", "GET https://gitlab.com/group/a/b/project.git/info/refs?service=git-upload-pack"],
    ["ok", "POST https://gitlab.com/group/project.git/git-upload-pack"],
    ["ok", "POST https://gitlab.com/group/a/b/project.git/git-upload-pack"],
    ["ok", "GET https://gitlab.com/group/project/-/archive/v1/project-v1.tar.gz"],
    ["ok", "GET https://gitlab.com/group/a/project/-/raw/main/README.md"],
    ["ok", "GET https://gitlab.com/group/project/-/releases/v1/downloads/x"],
    ["ok", "GET https://gitlab.com/api/v4/projects/278964/releases"],
    ["git-push", "GET https://gitlab.com/group/project.git/info/refs?service=git-receive-pack"],
    ["git-push", "POST https://gitlab.com/group/project.git/git-upload-pack", PUSH],
    ["no-match", "POST https://gitlab.com/group/project.git/git-receive-pack"],
    ["no-match", "POST https://gitlab.com/group/project/git-upload-pack"],
    ["no-match", "POST https://gitlab.com/project.git/git-upload-pack"],
    ["method", "POST https://gitlab.com/api/v4/projects/1/repository/files/git-upload-pack"],
    ["method", "POST https://gitlab.com/api/v4/projects/1/snippets"],
    ["method", "POST https://gitlab.com/api/v4/projects/1/issues"],
    ["method", "PUT https://gitlab.com/api/v4/projects/1/packages/generic/a/1/x"],
    ["no-match", "POST https://gitlab.com/api/v4/snippets"],
    ["no-match", "POST https://gitlab.com/api/graphql"],
    ["protocol", "GET https://gitlab.com/api/v4/projects/group%2Fproject/releases"],
    ["protocol", "POST https://gitlab.com/a/../b.git/git-upload-pack"],
    ["protocol", "POST https://gitlab.com/a/b.git%2fgit-upload-pack"],
    ["no-match", "GET https://gitlab.com/users/sign_in"],
    ["no-match", "GET https://gitlab.com/search?search=secret"],
    ["no-match", "POST https://gitlab.com/group/project.git/info/lfs/objects/batch"],
    ["no-match", "POST https://gitlab.com/group/project/-/issues"],
    ["method", "POST https://gitlab.com/group/project/-/archive/x"],
    ["host-not-allowed", "GET https://registry.gitlab.com/v2/"],
    ["host-not-allowed", "GET https://me.gitlab.io/?secret"],
    ["host-not-allowed", "GET https://gitlab.example.com/a/b.git/info/refs"],
  ],
};

Deno.test("every preset has its verdicts", () => {
  assert.deepEqual(Object.keys(verdicts).sort(), presetNames());
});

for (const [name, lines] of Object.entries(verdicts)) {
  Deno.test(`${name} lets pass and refuses what it should`, async () => {
    const table = await presetTable(name);
    for (const [expected, line, ...fields] of lines) {
      assert.equal(judgeLine(table, line, ...fields), expected, [line, ...fields].join(" | "));
    }
  });

  Deno.test(`${name} opens no host of another preset`, async () => {
    const others = presetNames().filter((other) => other !== name);
    const table = await presetTable(...others);
    for (const [expected, line, ...fields] of lines) {
      if (expected !== "ok") continue;
      assert.equal(judgeLine(table, line, ...fields), "host-not-allowed", line);
    }
  });
}
