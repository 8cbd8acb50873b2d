/** `allow` */

import { Command, type CommandUnknownOpts } from "../../lib/deps/commander.ts";
import { parseTime } from "../arguments.ts";
import type { Act } from "../command.ts";
import { examples } from "../examples.ts";
import { collectMethods, collectPaths, collectPorts } from "../route_arguments.ts";

/** The command. */
export function define(act: Act): CommandUnknownOpts {
  return new Command("allow")
    .description(
      "Let a bottle reach more hosts, at once and for as long as the bottle is kept. A host that has a route gets one more match, under the credential that the route has. Private addresses are a manifest's to open.",
    )
    .argument("<slug>", "name of the bottle, from list")
    .argument("<host...>", "names, such as api.example.com or '*.example.com'")
    .option("--method <methods>", "these methods only: GET,POST (repeatable)", collectMethods)
    .option(
      "--path <path>",
      "this path only; '/v1/*' for all below it (repeatable)",
      collectPaths,
    )
    .option("--port <number>", "another port than 443 and 80 (repeatable)", collectPorts)
    .option("--for <time>", "until then: 90s, 10m, 8h", parseTime)
    .option("-y, --yes", "don't ask about wildcards, nor about everything under a credential")
    .option("--json", "results for a program")
    .addHelpText(
      "after",
      examples([
        ["bot-bottle allow reviewer-4k2pz registry.npmjs.org --method GET", "read packages"],
        ["bot-bottle allow reviewer-4k2pz api.example.com --path '/v1/*' --for 1h", "for an hour"],
      ]),
    )
    .action((slug, names, options) =>
      act(async (services) => {
        const { changeBottleRoutes } = await import("../session/change_routes.ts");
        const { parseAllowedHosts } = await import("../session/route_hosts.ts");
        const { confirmWide } = await import("../session/confirm_wide.ts");
        const { printChangedRoutes } = await import("../ui/changed_routes.ts");
        const now = services.context.clock.now();
        const { for: forMs } = options;
        const until = forMs === undefined ? null : new Date(now.getTime() + forMs).toISOString();
        const changes = parseAllowedHosts(names).map((host) => ({
          action: "allow" as const,
          host,
          ports: options.port ?? null,
          methods: options.method ?? null,
          paths: options.path ?? null,
          expires_at: until,
          at: now.toISOString(),
        }));
        const confirm = confirmWide(services, options.yes ?? false);
        const changed = await changeBottleRoutes(services, { slug, changes, confirm });
        printChangedRoutes(services, changed, options.json ?? false);
        return 0;
      })
    );
}
