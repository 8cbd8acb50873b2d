/** The workspace's part of a plan: where it goes, and how the person is told of it. */

import { declaredRepo } from "../git_gate/declared_repo.ts";
import type { Manifest } from "../manifest/types.ts";
import type { Slug } from "../names.ts";
import type { LeftOut, WorkspacePlan, WorkspaceSource } from "../workspace/types.ts";
import type { Json } from "./plan_json.ts";

/** What planning knows besides the repository. */
export interface WorkspaceSurroundings {
  readonly slug: Slug;
  /** The guest's home, absolute. */
  readonly guestHome: string;
  readonly manifest: Manifest;
}

/** A detached HEAD gets a branch: what an agent commits on none is easily lost. */
export function planWorkspace(
  { remotes = [], ...source }: WorkspaceSource,
  { slug, guestHome, manifest: { agent, bottle, gitUser } }: WorkspaceSurroundings,
): WorkspacePlan {
  const repos = [...bottle.repos.values()].map(({ value }) => value);
  return {
    ...source,
    remotes: remotes.flatMap(({ name, url, pushUrls = [], merge }) => {
      const repo = declaredRepo(url, repos);
      if (repo === undefined) return [];
      // A push by this name must not come to a repository that the person's own would not reach.
      const isOne = pushUrls.every((pushUrl) => declaredRepo(pushUrl, repos) === repo);
      return isOne ? [{ name, url: repo.url, repo: repo.name, merge }] : [];
    }),
    guestFolder: `${guestHome}/workspace`,
    guestBranch: source.branch ?? `bot-bottle/${slug}`,
    author: {
      name: gitUser.name?.value ?? agent.name,
      // A name that can never be anybody's (RFC 2606).
      email: gitUser.email?.value ?? `${slug}@bot-bottle.invalid`,
    },
  };
}

/** The preflight's lines: the first says what goes in, the others what to know about it. */
export function workspaceLines(workspace: WorkspacePlan): readonly string[] {
  const { folder, branch, base, guestFolder, guestBranch, include } = workspace;
  const at = base.slice(0, 10);
  const where = branch === null
    ? `no branch, at ${at}, as the branch ${guestBranch}`
    : `branch ${branch} at ${at}`;
  return [
    `${folder}, ${where} → ${guestFolder}`,
    ...include.map((path) => `with ${path}, which no commit has`),
    ...(workspace.isShallow ? ["its history is as short as yours"] : []),
    ...workspace.remotes.map(({ name, repo }) => `its remote ${name} is ${repo}, by git-gate`),
    ...describeUncommitted(workspace.uncommitted),
    ...workspace.leftOut.map((what) => LEFT_OUT[what]),
  ];
}

const LEFT_OUT: Readonly<Record<LeftOut, string>> = {
  submodules: "submodules stay behind: their folders are empty",
  lfs: "contents of Git LFS stay behind: their files are pointers",
};

function describeUncommitted(count: number | null): readonly string[] {
  if (count === null || count === 0) return [];
  return [
    count === 1 ? "1 uncommitted change stays behind" : `${count} uncommitted changes stay behind`,
  ];
}

/** The plan's JSON of it. */
export function workspaceToJson(workspace: WorkspacePlan | null): Json {
  if (workspace === null) return null;
  const { author } = workspace;
  return {
    folder: workspace.folder,
    branch: workspace.branch,
    base: workspace.base,
    guest_folder: workspace.guestFolder,
    guest_branch: workspace.guestBranch,
    author: { name: author.name, email: author.email },
    include: [...workspace.include],
    is_shallow: workspace.isShallow,
    uncommitted: workspace.uncommitted,
    left_out: [...workspace.leftOut],
    remotes: workspace.remotes.map(({ name, url, repo, merge }) => ({ name, url, repo, merge })),
  };
}
