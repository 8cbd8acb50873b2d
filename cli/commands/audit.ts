/** `audit` */

import { Command, type CommandUnknownOpts } from "../../lib/deps/commander.ts";
import type { Act, Services } from "../command.ts";
import { examples } from "../examples.ts";

/** The command. */
export function define(act: Act): CommandUnknownOpts {
  return new Command("audit")
    .description(
      "Show what a bottle's agent asked for and what became of it: from the running bottle, or from what was saved at its end.",
    )
    .argument("<slug>", "name of the bottle, running or gone")
    .option("--blocked", "refused exchanges only")
    .option("-f, --follow", "go on with what comes, until Ctrl-C")
    .option("--verify", "check the hash chain; exit code 3 if it does not hold")
    .option("--json", "a JSON object a line")
    .addHelpText(
      "after",
      examples([
        ["bot-bottle audit reviewer-4k2pz --blocked", "what it did not get"],
        ["bot-bottle audit reviewer-4k2pz --follow --json", "feed a program"],
        ["bot-bottle audit reviewer-4k2pz --verify", "is it whole and unchanged"],
      ]),
    )
    .action((slug, options) =>
      act(async (services) => {
        const json = options.json ?? false;
        if (options.verify) return await verify(services, slug, json);
        const request = { slug, blocked: options.blocked ?? false };
        return options.follow
          ? await follow(services, request, json)
          : await print(services, request, json);
      })
    );
}

type Request = { readonly slug: string; readonly blocked: boolean };

async function print(services: Services, request: Request, json: boolean): Promise<number> {
  const { readAudit } = await import("../session/audit.ts");
  const rows = await Array.fromAsync(readAudit(services, { ...request, follow: false }));
  const { out } = services.context;
  if (json) {
    for (const row of rows) out.stdout(`${JSON.stringify(row)}\n`);
    return 0;
  }
  const { auditLines } = await import("../ui/audit_table.ts");
  const width = out.isTerminal.stdout ? out.columns() : Infinity;
  for (const line of auditLines(rows, { useColor: out.useColor, width })) out.stdout(`${line}\n`);
  return 0;
}

/** A line as it comes: columns can't be fitted to rows that aren't there yet. */
async function follow(services: Services, request: Request, json: boolean): Promise<number> {
  const { readAudit } = await import("../session/audit.ts");
  const { auditLines } = await import("../ui/audit_table.ts");
  const { out } = services.context;
  for await (const row of readAudit(services, { ...request, follow: true })) {
    const [, line = ""] = auditLines([row], { useColor: out.useColor, width: Infinity });
    out.stdout(json ? `${JSON.stringify(row)}\n` : `${line}\n`);
  }
  return 0;
}

async function verify(services: Services, slug: string, json: boolean): Promise<number> {
  const { verifyAudit } = await import("../session/audit.ts");
  const { ExitCode } = await import("../../lib/errors.ts");
  const { rows, problem } = await verifyAudit(services, slug);
  const { out } = services.context;
  if (json) {
    out.stdout(
      `${JSON.stringify({ rows, holds: problem === undefined, problem: problem ?? null })}\n`,
    );
  } else {
    out.stdout(
      problem === undefined
        ? `The chain of ${rows} rows holds\n`
        : `The chain does not hold: ${problem}\n`,
    );
  }
  return problem === undefined ? ExitCode.ok : ExitCode.findings;
}
