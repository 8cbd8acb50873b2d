import assert from "node:assert/strict";
import { DEFAULT_RULES, type PushMode, type RepoRules } from "../../../../lib/git_gate/config.ts";
import { keyText, pushText, repoDetails, repoText } from "../../../../lib/plan/gate_text.ts";
import { envSource } from "../../../support/plan.ts";

const hostKey = { type: "ssh-ed25519", text: "ssh-ed25519 AAAA", fingerprint: "SHA256:host" };

Deno.test("keyText says where a key comes from", () => {
  const key = { provider: "static", path: "~/.ssh/widget" } as const;
  assert.equal(keyText(key), "static ~/.ssh/widget");
  assert.equal(keyText({ ...key, fingerprint: "SHA256:x" }), "static ~/.ssh/widget SHA256:x");
  const gitea = {
    provider: "gitea",
    api: "https://gitea.example.com",
    provisionerToken: envSource("GITEA_TOKEN"),
    readOnly: false,
    owner: "team",
    repo: "gadget",
  } as const;
  assert.equal(
    keyText(gitea),
    "gitea deploy key of team/gadget, reads and writes, made at https://gitea.example.com ← GITEA_TOKEN",
  );
  assert.match(keyText({ ...gitea, readOnly: true }), /, reads only,/);
  const tokenRef = { kind: "command", argv: ["pass", "show", "lib"] } as const;
  assert.equal(
    keyText({ provider: "token", tokenRef, username: "git" }),
    'token ← "pass show lib"',
  );
  assert.equal(keyText({ provider: "none" }), "none");
});

Deno.test("pushText says what a push may do", () => {
  const cases: [push: PushMode, rules: Partial<RepoRules>, text: string][] = [
    ["deny", {}, "push deny: it is read only"],
    [
      "allow",
      {},
      "push allow: refs/heads/*, refs/tags/*; forced or deleted: all but the upstream's HEAD branch",
    ],
    [
      "approve",
      { refs: ["refs/heads/bot/*"], protected: ["refs/heads/main", "refs/tags/*"], delete: false },
      "push approve: refs/heads/bot/*; forced: all but main, refs/tags/*",
    ],
    [
      "allow",
      { refs: ["refs/tags/*"], protected: [], force: false, approve_paths: ["ci/**", "a"] },
      "push allow: refs/tags/*; deleted: all; approval for ci/**, a",
    ],
    [
      "allow",
      { refs: ["refs/tags/*"], force: false, delete: false, max_bytes: 1024, max_objects: 7 },
      "push allow: refs/tags/*; nothing is forced or deleted; at most 1 KiB, 7 objects",
    ],
  ];
  for (const [push, rules, text] of cases) {
    assert.equal(pushText(push, { ...DEFAULT_RULES, ...rules }), text);
  }
});

Deno.test("a repository shows its upstream, its key and its host's key", () => {
  const url = "git@git.example.com:w";
  const place = { host: "git.example.com", port: 22, path: "w" } as const;
  const repo = {
    name: "w",
    url,
    key: { provider: "none" },
    push: "deny",
    rules: DEFAULT_RULES,
  } as const;
  assert.equal(repoText(repo), "w ← git@git.example.com:w  [key: none]");
  const ssh = { scheme: "ssh", user: "git", ...place, hostKey } as const;
  assert.equal(
    repoDetails({ ...repo, upstream: ssh }),
    "host SHA256:host; push deny: it is read only",
  );
  assert.equal(
    repoDetails({ ...repo, upstream: { scheme: "https", ...place } }),
    "push deny: it is read only",
  );
});
