/** `--workspace` and `--include`: from words of the command line to what the bottle will get. */

import { resolve } from "node:path";
import type { Context } from "../../lib/context.ts";
import { BottleError } from "../../lib/errors.ts";
import { ManifestIndex } from "../../lib/manifest/index.ts";
import { inspectWorkspace } from "../../lib/workspace/inspect.ts";
import { badUsage } from "../usage.ts";
import type { BottleRequest } from "./prepare.ts";

/** As they stand on the command line. */
export interface WorkspaceFlags {
  /** A folder, from the working directory; true: the working directory itself. */
  readonly workspace?: string | true | undefined;
  /** From the working directory. */
  readonly include?: readonly string[] | undefined;
}

/**
 * What was found in the repository, as a part of the request; nothing where none is wanted.
 *
 * @throws {BottleError} `usage`, and what `inspectWorkspace` says
 */
export async function findWorkspace(
  context: Context,
  { workspace, include = [] }: WorkspaceFlags,
): Promise<Pick<BottleRequest, "workspace">> {
  if (workspace === undefined) {
    if (include.length === 0) return {};
    throw badUsage(
      "--include names files of a workspace, and there is none",
      "Pass --workspace too; `bot-bottle cp` copies files into a bottle that has none",
    );
  }
  const { cwd, signal } = context;
  const folder = workspace === true ? cwd : resolve(cwd, workspace);
  try {
    return {
      workspace: await inspectWorkspace(context, {
        folder,
        include: include.map((path) => resolve(cwd, path)),
        signal,
      }),
    };
  } catch (error) {
    if (error instanceof BottleError && error.code === "workspace-missing" && workspace !== true) {
      await refuseAgent(context, workspace);
    }
    throw error;
  }
}

/** The option's value may be left out, so that in `start --workspace reviewer` the agent is taken for it. */
async function refuseAgent({ home, cwd }: Context, name: string): Promise<void> {
  const index = await ManifestIndex.load({ home, cwd });
  if (!index.agents().some((agent) => agent.name === name)) return;
  throw badUsage(
    `"${name}" is an agent, and no folder for --workspace`,
    `Put the agent first, as in \`bot-bottle start ${name} --workspace\``,
  );
}
