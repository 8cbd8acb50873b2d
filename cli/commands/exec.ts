/** `exec` */

import { Command, type CommandUnknownOpts } from "../../lib/deps/commander.ts";
import type { Act } from "../command.ts";
import { examples } from "../examples.ts";

/** The command. */
export function define(act: Act): CommandUnknownOpts {
  return new Command("exec")
    .description(
      "Run a command in a running bottle, as the agent's user and with its environment. stdin, stdout, stderr and the exit code are the command's.",
    )
    .argument("<slug>", "name of the bottle, from list")
    .argument("<command...>", "after --: the program and its arguments")
    .usage("<slug> -- <command...>")
    .addHelpText(
      "after",
      examples([
        ["bot-bottle exec reviewer-4k2pz -- bash", "a shell beside the agent"],
        ["bot-bottle exec reviewer-4k2pz -- cat notes.md > notes.md", "a file out of it"],
      ]),
    )
    .action((slug, command) =>
      act(async (services) => {
        const { execIn } = await import("../session/attach.ts");
        return await execIn(services, slug, command);
      })
    );
}
