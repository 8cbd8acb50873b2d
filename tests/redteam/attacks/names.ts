/** Names: what the agent asks for must not be asked for on its behalf. */

import { startHelper } from "../helper_container.ts";
import { INSIDE_NAME, METADATA_NAME } from "../surroundings.ts";
import type { Attack } from "./attack.ts";
import { byDeeds, linesOf } from "./deeds.ts";

/** Attacks by the system's own resolver. */
export const nameAttacks: readonly Attack[] = [
  byDeeds({
    threat: "DNS look-ups of any kind from the agent",
    name: "the system's resolver, for names that the bundle itself can resolve",
    control: "the answerer, which asks nobody",
    deeds: async ({ target }) => {
      const script = 'for name; do timeout 10 getent ahosts "$name"; done; true';
      const names = [INSIDE_NAME, METADATA_NAME];
      const { stdout } = await target.asRoot(["bash", "-c", script, "bash", ...names]);
      return linesOf(stdout);
    },
    switchOff: async (stage) => {
      const { bundle, subnet, reconfigure } = stage.target;
      await reconfigure((egress) => ({ ...egress, dns: null }));
      const helper = await startHelper({
        run: stage.run,
        flags: ["--network", `container:${bundle}`],
        program: "relay_dns",
        args: [subnet.bundle],
      });
      stage.defer(() => helper[Symbol.asyncDispose]());
    },
  }),
];
