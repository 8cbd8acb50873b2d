import { deepEqual, equal, ok } from "node:assert/strict";
import { preflightLines } from "../../../../lib/plan/preflight.ts";
import { planWorkspace, workspaceLines } from "../../../../lib/plan/workspace.ts";
import { parseSlug } from "../../../../lib/names.ts";
import { DEFAULT_RULES } from "../../../../lib/git_gate/config.ts";
import type { ManifestRepo } from "../../../../lib/manifest/types.ts";
import type { WorkspaceSource } from "../../../../lib/workspace/types.ts";
import { madePlan } from "../../../support/made_plan.ts";
import { fakeManifest } from "../../../support/plan.ts";
import { workspacePlan } from "../../../support/workspace.ts";

const slug = parseSlug("reviewer-aaaaa");

function source(given: Partial<WorkspaceSource> = {}): WorkspaceSource {
  const { folder, branch, base, include, isShallow, uncommitted, leftOut } = workspacePlan();
  return { folder, branch, base, include, isShallow, uncommitted, leftOut, ...given };
}

Deno.test("planWorkspace keeps the branch, and gives a detached HEAD one", () => {
  const around = { slug, guestHome: "/home/node", manifest: fakeManifest() };
  const plan = planWorkspace(source({ branch: "feat/x" }), around);
  equal(plan.guestBranch, "feat/x");
  equal(plan.guestFolder, "/home/node/workspace");
  equal(planWorkspace(source({ branch: null }), around).guestBranch, "bot-bottle/reviewer-aaaaa");
});

Deno.test("planWorkspace has the manifest's git user commit, else the agent", () => {
  const around = { slug, guestHome: "/home/node" };
  const named = fakeManifest({ gitUser: { name: "Bot" } });
  deepEqual(planWorkspace(source(), { ...around, manifest: named }).author, {
    name: "Bot",
    email: "reviewer-aaaaa@bot-bottle.invalid",
  });
  const manifest = fakeManifest();
  equal(planWorkspace(source(), { ...around, manifest }).author.name, manifest.agent.name);
});

Deno.test("planWorkspace keeps remotes that are declared, with the manifest's url and no password, unless they push elsewhere", () => {
  const manifest = fakeManifest();
  const place = { file: "dev.md" };
  const widget: ManifestRepo = {
    name: "widget",
    url: "https://git.example.com/team/widget.git",
    upstream: { scheme: "https", host: "git.example.com", port: 443, path: "/team/widget.git" },
    key: { provider: "none" },
    push: "deny",
    rules: DEFAULT_RULES,
  };
  const repos = new Map([["widget", { value: widget, place }]]);
  const around = {
    slug,
    guestHome: "/home/node",
    manifest: { ...manifest, bottle: { ...manifest.bottle, repos } },
  };
  const merge = "refs/heads/main";
  const remotes = [
    { name: "origin", url: "https://ann:s3cret@git.example.com/team/widget", merge },
    { name: "fork", url: "git@git.example.com:ann/widget.git", merge: null },
    { ...{ name: "mine", url: widget.url, merge: null }, pushUrls: ["https://x.example/mine"] },
  ];
  const plan = planWorkspace(source({ remotes }), around);
  deepEqual(plan.remotes, [{ name: "origin", url: widget.url, repo: "widget", merge }]);
  ok(!JSON.stringify(plan).includes("s3cret"));
  const same = [{
    name: "o",
    url: widget.url,
    merge: null,
    pushUrls: ["git@git.example.com:team/widget"],
  }];
  deepEqual(planWorkspace(source({ remotes: same }), around).remotes.map(({ name }) => name), [
    "o",
  ]);
  ok(workspaceLines(plan).includes("its remote origin is widget, by git-gate"));
});

Deno.test("workspaceLines says what goes in and what stays behind", () => {
  deepEqual(workspaceLines(workspacePlan()), [
    "/home/ann/app, branch main at ababababab → /home/node/workspace",
  ]);
  deepEqual(
    workspaceLines(workspacePlan({
      branch: null,
      guestBranch: "bot-bottle/x-aaaaa",
      include: [".env", "data"],
      isShallow: true,
      uncommitted: 3,
      leftOut: ["submodules", "lfs"],
    })),
    [
      "/home/ann/app, no branch, at ababababab, as the branch bot-bottle/x-aaaaa → /home/node/workspace",
      "with .env, which no commit has",
      "with data, which no commit has",
      "its history is as short as yours",
      "3 uncommitted changes stay behind",
      "submodules stay behind: their folders are empty",
      "contents of Git LFS stay behind: their files are pointers",
    ],
  );
  const [, one] = workspaceLines(workspacePlan({ uncommitted: 1 }));
  equal(one, "1 uncommitted change stays behind");
  equal(workspaceLines(workspacePlan({ uncommitted: null })).length, 1);
});

Deno.test("a plan shows its workspace, and starts the agent there", async () => {
  const plan = await madePlan({ spec: { workspace: source({ branch: "a\x1b[31mb" }) } });
  equal(plan.agent.workFolder, "/home/node/workspace");
  const text = preflightLines(plan).map((line) => line.text).join("\n");
  ok(text.includes("Workspace   /home/ann/app, branch a\\x1b[31mb at"), text);
  const { workspace } = JSON.parse(JSON.stringify(plan));
  deepEqual(workspace, {
    folder: "/home/ann/app",
    branch: "a\x1b[31mb",
    base: "ab".repeat(20),
    guest_folder: "/home/node/workspace",
    guest_branch: "a\x1b[31mb",
    author: { name: "reviewer", email: "reviewer-aaaaa@bot-bottle.invalid" },
    include: [],
    is_shallow: false,
    uncommitted: 0,
    left_out: [],
    remotes: [],
  });
  const without = await madePlan();
  equal(without.agent.workFolder, "/home/node");
  equal(JSON.parse(JSON.stringify(without)).workspace, null);
  ok(!preflightLines(without).some((line) => line.text.includes("Workspace")));
});
