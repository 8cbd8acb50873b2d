/** `version` */

import { Command, type CommandUnknownOpts } from "../../lib/deps/commander.ts";
import { VERSION } from "../../lib/names.ts";
import type { Act } from "../command.ts";
import { examples } from "../examples.ts";

/** The command. */
export function define(act: Act): CommandUnknownOpts {
  return new Command("version")
    .description("Print the version of bot-bottle and of what it runs on.")
    .option("--json", "for a program")
    .addHelpText("after", examples([["bot-bottle version --json", "as JSON"]]))
    .action((options) =>
      act(({ context }) => {
        const { os, arch } = Deno.build;
        const facts = { version: VERSION, deno: Deno.version.deno, os, arch };
        context.out.stdout(
          options.json
            ? `${JSON.stringify(facts)}\n`
            : `bot-bottle ${VERSION} (Deno ${facts.deno}, ${os} ${arch})\n`,
        );
        return Promise.resolve(0);
      })
    );
}
