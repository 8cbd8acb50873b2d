/** `list` */

import { Command, type CommandUnknownOpts } from "../../lib/deps/commander.ts";
import type { Act, Services } from "../command.ts";
import { examples } from "../examples.ts";
import { badUsage } from "../usage.ts";

/** The command. */
export function define(act: Act): CommandUnknownOpts {
  return new Command("list")
    .description(
      "List bottles: those that run, those that can be resumed, and what a crash left. Or the agents and bottles there are manifests of.",
    )
    .argument("[what]", "agents, or bottles and presets; left out: what runs or is kept")
    .option("--json", "for a program")
    .addHelpText(
      "after",
      examples([
        ["bot-bottle list", "what runs, what can be resumed"],
        ["bot-bottle list agents", "whom you can start, and from which file"],
        ["bot-bottle list --json | jq -r '.bottles[].slug'", ""],
      ]),
    )
    .action((what, options) =>
      act(async (services) => {
        const json = options.json ?? false;
        switch (what) {
          case undefined:
            return await listRunning(services, json);
          case "agents":
          case "bottles":
            return await listManifests(services, what, json);
          default:
            throw badUsage(
              `Nothing to list by the name "${what}"`,
              "Take agents, bottles or nothing",
            );
        }
      })
    );
}

async function listRunning(services: Services, json: boolean): Promise<number> {
  const { listBottles } = await import("../session/list.ts");
  const { bottleLines, corruptedLines, pendingKeyLines } = await import("../ui/listing.ts");
  const listing = await listBottles(services);
  const { out, clock } = services.context;
  for (const line of [...corruptedLines(listing), ...pendingKeyLines(listing)]) {
    out.stderr(`${line}\n`);
  }
  if (json) {
    out.stdout(`${JSON.stringify(listing, null, 2)}\n`);
    return 0;
  }
  if (listing.bottles.length === 0) {
    if (!services.settings.quiet) out.stderr("No bottle runs or is kept\n");
    return 0;
  }
  for (const line of bottleLines(listing, out, clock.now())) out.stdout(`${line}\n`);
  return 0;
}

async function listManifests(
  services: Services,
  what: "agents" | "bottles",
  json: boolean,
): Promise<number> {
  const { ManifestIndex } = await import("../../lib/manifest/index.ts");
  const { agentLines, manifestLines } = await import("../ui/listing.ts");
  const { context, settings } = services;
  const index = await ManifestIndex.load({ home: context.home, cwd: context.cwd });
  const found = what === "agents" ? index.agents() : index.bottles();
  if (json) {
    const presets = what === "bottles" ? { presets: index.presets() } : {};
    context.out.stdout(`${JSON.stringify({ [what]: found, ...presets }, null, 2)}\n`);
    return 0;
  }
  for (const warning of index.warnings) context.out.stderr(`! ${warning}\n`);
  if (found.length === 0 && !settings.quiet) {
    context.out.stderr(`No ${what} yet: \`bot-bottle init\` writes a first one\n`);
  }
  const lines = what === "agents"
    ? agentLines(index.agents(), context.out)
    : manifestLines(index.bottles(), index.presets(), context.out);
  for (const line of lines) context.out.stdout(`${line}\n`);
  return 0;
}
