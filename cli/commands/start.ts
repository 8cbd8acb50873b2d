/** `start` */

import { Command, type CommandUnknownOpts } from "../../lib/deps/commander.ts";
import { collectNetwork } from "../arguments.ts";
import type { Act } from "../command.ts";
import { examples } from "../examples.ts";

/** The command. */
export function define(act: Act): CommandUnknownOpts {
  return new Command("start")
    .description(
      "Show what will happen, ask, start the agent in a bottle, and give it this terminal. At the end it says what was kept.",
    )
    .argument("[agent]", "name of an agent; picked from a list if left out")
    .option("--bottle <name>", "another bottle than the agent's own")
    .option("--label <text>", "shown by list")
    .option(
      "--bundle-network <name[=host,...]>",
      "join the bundle to an engine network; the hosts may have addresses in it (repeatable)",
      collectNetwork,
    )
    .option("--dry-run", "show the plan and start nothing")
    .option("-y, --yes", "don't ask")
    .option("--trust-repo", "with --yes: take an agent that the repository brings")
    .option("-d, --detach", "start, and leave it running without attaching")
    .option("--keep", "keep the bottle when the agent ends")
    .option("--json", "results for a program")
    .addHelpText(
      "after",
      examples([
        ["bot-bottle start reviewer", "see the plan, say yes, work"],
        ["bot-bottle start reviewer --dry-run --json", "the plan, for a program"],
        ["bot-bottle start reviewer --yes --detach", "leave it running; then attach or exec"],
        [
          "bot-bottle start dev --bundle-network app_default=db.local",
          "reach a compose project's host",
        ],
      ]),
    )
    .action((agent, options) =>
      act(async (services) => {
        const { start } = await import("../session/start.ts");
        const { pickAgent } = await import("../session/pick_agent.ts");
        const { printStarted } = await import("../ui/started.ts");
        const started = await start(services, {
          request: {
            agent: agent ?? await pickAgent(services),
            keep: options.keep ?? false,
            ...(options.bottle === undefined ? {} : { bottle: options.bottle }),
            ...(options.label === undefined ? {} : { label: options.label }),
            ...(options.bundleNetwork === undefined
              ? {}
              : { bundleNetworks: options.bundleNetwork }),
          },
          dryRun: options.dryRun ?? false,
          yes: options.yes ?? false,
          trustRepository: options.trustRepo ?? false,
          detach: options.detach ?? false,
        });
        return printStarted(services, started, options.json ?? false);
      })
    );
}
