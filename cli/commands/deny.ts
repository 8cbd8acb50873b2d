/** `deny` */

import { Command, type CommandUnknownOpts } from "../../lib/deps/commander.ts";
import type { Act } from "../command.ts";
import { examples } from "../examples.ts";

/** The command. */
export function define(act: Act): CommandUnknownOpts {
  return new Command("deny")
    .description(
      "Take a host's route from a bottle, at once and for as long as the bottle is kept. What is under way ends as it began; the next request is refused.",
    )
    .argument("<slug>", "name of the bottle, from list")
    .argument("<host...>", "as the routes have them: `info <slug>` shows them")
    .option("--json", "results for a program")
    .addHelpText(
      "after",
      examples([
        ["bot-bottle deny reviewer-4k2pz api.example.com", ""],
        ["bot-bottle deny reviewer-4k2pz '*.example.com'", "the wildcard, as it is written"],
      ]),
    )
    .action((slug, names, options) =>
      act(async (services) => {
        const { changeBottleRoutes } = await import("../session/change_routes.ts");
        const { parseRouteHosts } = await import("../session/route_hosts.ts");
        const { printChangedRoutes } = await import("../ui/changed_routes.ts");
        const at = services.context.clock.now().toISOString();
        const changed = await changeBottleRoutes(services, {
          slug,
          changes: parseRouteHosts(names).map((host) => ({ action: "deny" as const, host, at })),
          confirm: () => Promise.resolve(),
        });
        printChangedRoutes(services, changed, options.json ?? false);
        return 0;
      })
    );
}
