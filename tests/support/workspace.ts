/** Workspaces for tests, without a bottle: the guest's part runs on this machine. */

import { createRun } from "../../lib/process/create_run.ts";
import { parseOid, type WorkspacePlan } from "../../lib/workspace/types.ts";
import type { Receiver } from "../../lib/workspace/send.ts";

/** A plan of the workspace of a folder; `base` is a whole commit's name. */
export function workspacePlan(
  given: Partial<Omit<WorkspacePlan, "base">> & { readonly base?: string } = {},
): WorkspacePlan {
  const { base = "ab".repeat(20), ...rest } = given;
  return {
    folder: "/home/ann/app",
    branch: "main",
    base: parseOid(base, () => {
      throw new Error(`not a commit's name: ${base}`);
    }),
    include: [],
    isShallow: false,
    uncommitted: 0,
    leftOut: [],
    remotes: [],
    guestFolder: "/home/node/workspace",
    guestBranch: given.branch ?? "main",
    author: { name: "reviewer", email: "reviewer@bot-bottle.invalid" },
    ...rest,
  };
}

/** A guest that is this machine, with a home of its own; each argv is kept. */
export function localGuest(home: string): Receiver & { readonly calls: string[][] } {
  const run = createRun();
  const calls: string[][] = [];
  return {
    calls,
    stream: (argv, { signal } = {}) => {
      calls.push([...argv]);
      return run.duplex(argv, {
        env: { HOME: home, GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: `${home}/.gitconfig` },
        ...(signal === undefined ? {} : { signal }),
      });
    },
  };
}
