import assert from "node:assert/strict";
import type { ChangedFile } from "../../../../lib/workspace/changes.ts";
import { hasNewScripts, riskyFiles } from "../../../../lib/workspace/risky_files.ts";

function changed(path: string, status: ChangedFile["status"] = "added"): ChangedFile {
  return { path, status, old_path: null, additions: 1, deletions: 0, mode: "100644" };
}

const risky = [
  ".gitattributes",
  "src/.gitattributes",
  ".husky/pre-commit",
  ".githooks/x",
  ".vscode/tasks.json",
  "a/.vscode/settings.json",
  "x.code-workspace",
  ".idea/workspace.xml",
  ".devcontainer/devcontainer.json",
  ".envrc",
  "mise.toml",
  ".github/workflows/ci.yml",
  ".gitlab-ci.yml",
  "Jenkinsfile",
  ".npmrc",
  "a/.npmrc",
  "setup.py",
  "tests/conftest.py",
  "build.rs",
  ".cargo/config.toml",
  "Makefile",
  "lib/makefile",
  "justfile",
  "Dockerfile",
  "gradlew",
  "CLAUDE.md",
  "sub/AGENTS.md",
  ".claude/settings.json",
  ".mcp.json",
  ".pre-commit-config.yaml",
];
const harmless = [
  "src/main.ts",
  "README.md",
  "package.json",
  "docs/Makefile.md",
  "vscode/tasks.json",
  "x.gitattributes",
  "workflows/ci.yml",
];

Deno.test("riskyFiles names what a machine may obey, with the reason", () => {
  for (const path of risky) {
    const [found, ...more] = riskyFiles([changed(path)]);
    assert.deepEqual([found?.path, more.length], [path, 0]);
    assert.ok((found?.why ?? "").length > 10);
  }
  assert.deepEqual(riskyFiles(harmless.map((path) => changed(path))), []);
  assert.deepEqual(riskyFiles([changed("Makefile", "deleted")]), []);
});

Deno.test("hasNewScripts looks at a package's scripts and nothing else", () => {
  const one = '{"name":"a","scripts":{"test":"x"}}';
  assert.equal(hasNewScripts(one, '{"name":"b","scripts":{"test":"x"}}'), false);
  assert.equal(hasNewScripts(one, '{"scripts":{"test":"y"}}'), true);
  assert.equal(hasNewScripts(null, one), true);
  assert.equal(hasNewScripts(null, '{"name":"a"}'), false);
  assert.equal(hasNewScripts(one, "not JSON"), true);
  assert.equal(hasNewScripts("not JSON", one), true);
  assert.equal(hasNewScripts("[]", "null"), false);
});
