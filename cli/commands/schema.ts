/** `schema` */

import { Command, type CommandUnknownOpts } from "../../lib/deps/commander.ts";
import type { Act } from "../command.ts";
import { examples } from "../examples.ts";
import { badUsage } from "../usage.ts";

/** The command. */
export function define(act: Act): CommandUnknownOpts {
  return new Command("schema")
    .description(
      "Print the JSON Schema of a manifest's head, of the proxy's configuration, or of a line of the audit, so that editors complete and programs check.",
    )
    .argument("<what>", "bottle, agent, egress-config or audit")
    .option("--json", "accepted: it is JSON anyway")
    .addHelpText(
      "after",
      examples([
        ["bot-bottle schema bottle > bottle.schema.json", "for an editor"],
        ["bot-bottle schema egress-config", "of the stand-alone proxy"],
        ["bot-bottle schema audit", "of a line of audit --json"],
      ]),
    )
    .action((what) =>
      act(async ({ context }) => {
        context.out.stdout(`${JSON.stringify(await schemaOf(what), null, 2)}\n`);
        return 0;
      })
    );
}

async function schemaOf(what: string): Promise<unknown> {
  switch (what) {
    case "bottle":
    case "agent": {
      const { manifestJsonSchema } = await import("../../lib/manifest/json_schema.ts");
      return manifestJsonSchema(what);
    }
    case "egress-config": {
      const { egressConfigJsonSchema } = await import("../../lib/egress/config_schema.ts");
      return egressConfigJsonSchema();
    }
    case "audit": {
      const { auditJsonSchema } = await import("../../lib/audit/row_schema.ts");
      return auditJsonSchema();
    }
    default:
      throw badUsage(`No schema "${what}"`, "Take one of: bottle, agent, egress-config, audit");
  }
}
