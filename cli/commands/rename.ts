/** `rename` */

import { Command, type CommandUnknownOpts } from "../../lib/deps/commander.ts";
import type { Act } from "../command.ts";
import { examples } from "../examples.ts";

/** The command. */
export function define(act: Act): CommandUnknownOpts {
  return new Command("rename")
    .description("Change the label that list shows for a bottle. Its slug stays what it is.")
    .argument("<slug>", "name of the bottle, from list")
    .argument("<label>", 'any line of text; "" takes the label away')
    .addHelpText(
      "after",
      examples([['bot-bottle rename reviewer-4k2pz "flaky tests"', ""]]),
    )
    .action((slug, label) =>
      act(async (services) => {
        const { rename } = await import("../session/rename.ts");
        await rename(services, slug, label);
        return 0;
      })
    );
}
