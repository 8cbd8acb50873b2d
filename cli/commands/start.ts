/** `start` */

import type { CommandUnknownOpts } from "../../lib/deps/commander.ts";
import type { Act } from "../command.ts";
import { examples } from "../examples.ts";
import { launchCommand, launchRequest } from "../launch_options.ts";

/** The command. */
export function define(act: Act): CommandUnknownOpts {
  return launchCommand("start")
    .description(
      "Show what will happen, ask, start the agent in a bottle, and give it this terminal. At the end it says what was kept.",
    )
    .argument("[agent]", "name of an agent; picked from a list if left out")
    .option("--dry-run", "show the plan and start nothing")
    .option("-y, --yes", "don't ask")
    .option("--trust-repo", "with --yes: take an agent that the repository brings")
    .option("-d, --detach", "start, and leave it running without attaching")
    .option("--json", "results for a program")
    .addHelpText(
      "after",
      examples([
        ["bot-bottle start reviewer", "see the plan, say yes, work"],
        ["bot-bottle start reviewer --dry-run --json", "the plan, for a program"],
        ["bot-bottle start reviewer --workspace", "with the commits of the repository around you"],
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
        const { findWorkspace } = await import("../session/workspace.ts");
        const { printStarted } = await import("../ui/started.ts");
        const workspace = await findWorkspace(services.context, options);
        const started = await start(services, {
          request: {
            agent: agent ?? await pickAgent(services),
            ...launchRequest(options),
            ...workspace,
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
