/** `stop` */

import { Command, type CommandUnknownOpts } from "../../lib/deps/commander.ts";
import type { Act } from "../command.ts";
import { examples } from "../examples.ts";

/** The command. */
export function define(act: Act): CommandUnknownOpts {
  return new Command("stop")
    .description(
      "Save a bottle's audit and its agent's work, end its processes and keep it; resume continues.",
    )
    .argument("<slug>", "name of the bottle, from list")
    .option("--json", "results for a program")
    .addHelpText("after", examples([["bot-bottle stop reviewer-4k2pz", ""]]))
    .action((slug, options) =>
      act(async (services) => {
        const { stop } = await import("../session/stop.ts");
        const { auditProblem, work, stayingKeys } = await stop(services, slug);
        const { stayingKeyLine } = await import("../ui/staying_keys.ts");
        const { out } = services.context;
        for (const key of stayingKeys) {
          out.stderr(`${stayingKeyLine(key, `bot-bottle stop ${slug}`)}\n`);
        }
        if (options.json) out.stdout(`${JSON.stringify({ slug, state: "stopped" })}\n`);
        if (services.settings.quiet) return 0;
        if (auditProblem !== null) {
          out.stderr(
            `Its audit could not be saved now: ${auditProblem}. It stays with the bottle\n`,
          );
        }
        const { workLines } = await import("../ui/work_end.ts");
        for (const line of workLines(slug, work)) out.stderr(`${line}\n`);
        out.stderr(`Stopped and kept. Continue with \`bot-bottle resume ${slug}\`\n`);
        return 0;
      })
    );
}
