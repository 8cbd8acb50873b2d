/** `resume` */

import { Command, type CommandUnknownOpts } from "../../lib/deps/commander.ts";
import type { Act } from "../command.ts";
import { examples } from "../examples.ts";

/** The command. */
export function define(act: Act): CommandUnknownOpts {
  return new Command("resume")
    .description(
      "Start a kept bottle again, its bundle configured anew, and continue in it. Asks only if the manifests have changed since.",
    )
    .argument("<slug>", "name of the bottle, from list")
    .option("-y, --yes", "don't ask")
    .option("--trust-repo", "with --yes: take an agent that the repository brings")
    .option("-d, --detach", "start, and leave it running without attaching")
    .option("--json", "results for a program")
    .addHelpText(
      "after",
      examples([
        ["bot-bottle resume reviewer-4k2pz", "continue in this terminal"],
        ["bot-bottle resume reviewer-4k2pz --detach", "only start it"],
      ]),
    )
    .action((slug, options) =>
      act(async (services) => {
        const { resume } = await import("../session/resume.ts");
        const { printStarted } = await import("../ui/started.ts");
        const started = await resume(services, {
          slug,
          yes: options.yes ?? false,
          trustRepository: options.trustRepo ?? false,
          detach: options.detach ?? false,
        });
        return printStarted(services, started, options.json ?? false);
      })
    );
}
