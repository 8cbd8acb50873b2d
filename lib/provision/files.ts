/** The provider's own files and commands. */

import type { Bottle, GuestEntry } from "../bottle.ts";
import type { GuestFile } from "../plan/agent_plan.ts";
import type { BottlePlan } from "../plan/plan.ts";
import { mergeJsonText } from "./merge_json.ts";
import { runInGuest } from "./run_in_guest.ts";
import type { ProvisionOptions } from "./step.ts";

/** A settings file that has grown past this is written anew. */
const MAX_MERGE_BYTES = 1024 * 1024;

/** The plan's files of one owner, merged with what the agent left there where the plan says so. */
export async function providerEntries(
  bottle: Bottle,
  files: readonly GuestFile[],
  owner: GuestFile["owner"],
  options: ProvisionOptions = {},
): Promise<readonly GuestEntry[]> {
  const own = files.filter((file) => file.owner === owner);
  return await Promise.all(own.map(async (file) => ({
    path: file.path,
    mode: file.mode,
    content: options.again === true && file.again === "merge-json"
      ? mergeJsonText(await readGuestFile(bottle, file, options.signal), file.content)
      : file.content,
  })));
}

/** Runs the plan's commands as node, one after the other. @throws {BottleError} `provision-command` */
export async function runCommands(
  bottle: Bottle,
  plan: BottlePlan,
  options: ProvisionOptions = {},
): Promise<void> {
  for (const { argv, purpose } of plan.agent.commands) {
    await runInGuest(bottle, argv, {
      code: "provision-command",
      purpose,
      hint: `The provider "${plan.agent.provider}" runs it in the guest: look at its lines above`,
      user: "node",
      signal: options.signal,
    });
  }
}

/** The text of a guest's file; empty if it can't be read. */
async function readGuestFile(
  bottle: Bottle,
  { owner, path }: GuestFile,
  signal: AbortSignal | undefined,
): Promise<string> {
  const argv = ["head", "-c", String(MAX_MERGE_BYTES), "--", path];
  const result = await bottle.exec(argv, {
    user: owner,
    bare: true,
    ...(signal === undefined ? {} : { signal }),
  });
  return result.code === 0 ? result.stdout : "";
}
