/** `cp` */

import { Command, type CommandUnknownOpts } from "../../lib/deps/commander.ts";
import type { Act } from "../command.ts";
import { examples } from "../examples.ts";

/** The command. */
export function define(act: Act): CommandUnknownOpts {
  return new Command("cp")
    .description(
      "Copy a file or a folder into a running bottle, or out of it. Into an existing folder, or to a new name. Nothing on the host is replaced.",
    )
    .argument(
      "<source>",
      "a path, or <slug>:PATH; relative ones in the bottle begin where the agent works",
    )
    .argument("<target>", "the other end")
    .addHelpText(
      "after",
      examples([
        ["bot-bottle cp data.csv reviewer-4k2pz:.", "into the folder where the agent works"],
        ["bot-bottle cp reviewer-4k2pz:out/report.html .", "out of it"],
      ]),
    )
    .action((source, target) =>
      act(async (services) => {
        const { parseCopy } = await import("../session/copy_place.ts");
        const { copy } = await import("../session/copy.ts");
        await copy(services, parseCopy(source, target));
        return 0;
      })
    );
}
