/** Repositories for tests, made by the real git. */

import { createRun } from "../../lib/process/create_run.ts";
import type { GitHost } from "../../lib/workspace/host_git.ts";

/** What the code under test gets of the host: the real git, found by the real PATH. */
export const realGitHost: GitHost = { run: createRun(), env: (name) => Deno.env.get(name) };

/** A repository whose maker is the test. */
export interface TestRepository {
  /** Its work tree. */
  readonly folder: string;
  /** git in it, as a person would type it; stdout without its line end. Fails the test if git does. */
  readonly git: (...args: string[]) => Promise<string>;
  /** Writes a file of the work tree, with the folders above it. */
  readonly write: (path: string, text: string) => Promise<void>;
  /** Commits everything that is not ignored; the commit's name. */
  readonly commit: (message: string) => Promise<string>;
}

const WHO = {
  GIT_AUTHOR_NAME: "Ada",
  GIT_AUTHOR_EMAIL: "ada@example.com",
  GIT_AUTHOR_DATE: "2026-01-02T03:04:05Z",
  GIT_COMMITTER_NAME: "Ada",
  GIT_COMMITTER_EMAIL: "ada@example.com",
  GIT_COMMITTER_DATE: "2026-01-02T03:04:05Z",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
} as const;

/** The repository of a folder, whether it exists already or not. */
export function repositoryAt(folder: string): TestRepository {
  const run = createRun();
  const git = async (...args: string[]): Promise<string> => {
    const result = await run(["git", "-C", folder, ...args], { env: WHO });
    const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
    if (result.code !== 0) throw new Error(`git ${args.join(" ")}: ${text(result.stderr)}`);
    return text(result.stdout).trimEnd();
  };
  return {
    folder,
    git,
    write: async (path, text) => {
      const whole = `${folder}/${path}`;
      await Deno.mkdir(whole.slice(0, whole.lastIndexOf("/")), { recursive: true });
      await Deno.writeTextFile(whole, text);
    },
    commit: async (message) => {
      await git("add", "--all");
      await git("commit", "--quiet", "--allow-empty", "--message", message);
      return await git("rev-parse", "HEAD");
    },
  };
}

/** A new repository on the branch `main`, without a commit. */
export async function makeRepository(folder: string, ...init: string[]): Promise<TestRepository> {
  await Deno.mkdir(folder, { recursive: true });
  const repository = repositoryAt(folder);
  await repository.git("init", "--quiet", "--initial-branch=main", ...init);
  return repository;
}
