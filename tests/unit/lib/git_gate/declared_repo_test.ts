import assert from "node:assert/strict";
import { declaredRepo } from "../../../../lib/git_gate/declared_repo.ts";

const hostKey = { type: "ssh-ed25519", text: "ssh-ed25519 AAAA", fingerprint: "SHA256:x" };
const host = "git.example.com";
const repos = [
  {
    name: "widget",
    url: "ssh://git@git.example.com/team/widget.git",
    upstream: { scheme: "ssh", user: "git", host, port: 22, path: "/team/widget.git", hostKey },
  },
  {
    name: "lib",
    url: "https://git.example.com:8443/team/lib",
    upstream: { scheme: "https", host, port: 8443, path: "/team/lib" },
  },
] as const;

const table: readonly (readonly [url: string, name: string | undefined])[] = [
  ["git@git.example.com:team/widget.git", "widget"],
  ["git@git.example.com:team/widget", "widget"],
  ["https://git.example.com/team/widget.git/", "widget"],
  ["https://ann@git.example.com/team/widget.git", "widget"],
  ["https://ann:secret@git.example.com/team/widget.git", "widget"],
  ["ssh://ann@git.example.com:22/team/widget", "widget"],
  ["ann@git.example.com:team/widget", "widget"],
  ["https://git.example.com:8443/team/lib.git", "lib"],
  ["https://git.example.com/team/lib.git", undefined],
  ["git@git.example.com:team/widget-other.git", undefined],
  ["git@git.example.com:team/widget.git/x", undefined],
  ["ssh://git@git.example.com:2222/team/widget", undefined],
  ["git@git.example.org:team/widget", undefined],
  ["/srv/team/widget.git", undefined],
  ["", undefined],
];

Deno.test("declaredRepo knows a repository by all of its urls, and by no other", () => {
  for (const [url, name] of table) assert.equal(declaredRepo(url, repos)?.name, name, url);
});
