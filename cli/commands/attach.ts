/** `attach` */

import { Command, type CommandUnknownOpts } from "../../lib/deps/commander.ts";
import type { Act } from "../command.ts";
import { examples } from "../examples.ts";

/** The command. */
export function define(act: Act): CommandUnknownOpts {
  return new Command("attach")
    .description(
      "Start the agent program in a running bottle with this terminal. The bottle runs on afterwards; the exit code is the program's.",
    )
    .argument("<slug>", "name of the bottle, from list")
    .addHelpText("after", examples([["bot-bottle attach reviewer-4k2pz", ""]]))
    .action((slug) =>
      act(async (services) => {
        const { attach } = await import("../session/attach.ts");
        const code = await attach(services, slug);
        if (!services.settings.quiet) {
          services.context.out.stderr(
            `The bottle runs on; end it with \`bot-bottle stop ${slug}\`\n`,
          );
        }
        return code;
      })
    );
}
