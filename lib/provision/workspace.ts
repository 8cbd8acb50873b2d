/** The repository that the agent works on, brought into a fresh guest. */

import type { Bottle } from "../bottle.ts";
import type { BottlePlan } from "../plan/plan.ts";
import type { ProvisionOptions } from "./step.ts";

const MIB = 1024 ** 2;

/**
 * Brings the plan's workspace in, with how much has gone as progress. A guest that was provisioned before keeps its own: what lies
 * there is the agent's work.
 *
 * @throws {BottleError} `workspace-not-sent`, and what is wrong with the repository by now
 */
export async function bringWorkspaceIn(
  bottle: Bottle,
  plan: BottlePlan,
  options: ProvisionOptions = {},
): Promise<void> {
  const { workspace } = plan.fields;
  if (workspace === null || options.again === true) return;
  const { host, signal } = options;
  if (host === undefined) throw new TypeError("A workspace needs the host that its git runs on");
  const { sendWorkspace } = await import("../workspace/send.ts");
  using step = options.step?.("Workspace");
  let shown = -1;
  let sent = 0;
  await sendWorkspace(bottle, host, {
    workspace,
    onBytes: (bytes) => {
      sent = bytes;
      const mebibytes = Math.floor(bytes / MIB);
      if (mebibytes > shown) step?.line(`${shown = mebibytes} MiB`);
    },
    ...(signal === undefined ? {} : { signal }),
  });
  step?.done(`${(sent / MIB).toFixed(1)} MiB`);
}
