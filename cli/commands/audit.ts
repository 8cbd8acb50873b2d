/** `audit` */

import { Command, type CommandUnknownOpts } from "../../lib/deps/commander.ts";
import {
  collectAskedMethods,
  collectVerdicts,
  collectWords,
  type FilterFlags,
  filterOf,
  parseRowCount,
} from "../audit_arguments.ts";
import type { Act, Services } from "../command.ts";
import { examples } from "../examples.ts";
import type { AuditRequest } from "../session/audit.ts";
import type { AuditPlace } from "../session/audit_source.ts";
import { badUsage } from "../usage.ts";

/** The command. */
export function define(act: Act): CommandUnknownOpts {
  return new Command("audit")
    .description(
      "Show what a bottle's agent asked for and what became of it: from the running bottle, from what was saved at its end, or from a file. Filters of different kinds must all hold; of one kind, one of them.",
    )
    .argument("[slug]", "name of the bottle, running or gone")
    .option("--file <path>", "rows of a saved audit.jsonl instead; - is stdin")
    .option("--host <pattern>", "of these hosts; * stands for anything (repeatable)", collectWords)
    .option(
      "--method <methods>",
      "with these methods: GET,POST,push (repeatable)",
      collectAskedMethods,
    )
    .option("--verdict <verdicts>", "allowed, blocked or failed (repeatable)", collectVerdicts)
    .option("--blocked", "the same as --verdict blocked")
    .option("--reason <reasons>", "refused or failed for these (repeatable)", collectWords)
    .option("--mark <marks>", "marked so: foreign-credential (repeatable)", collectWords)
    .option("--route <host>", "decided by the route of this host (repeatable)", collectWords)
    .option("--since <time>", "from then on: 2026-01-02T03:04:05Z, or 10m ago")
    .option("--until <time>", "up to then")
    .option("-n, --last <rows>", "the newest so many of these", parseRowCount)
    .option("-f, --follow", "go on with what comes, until Ctrl-C")
    .option("--verify [file]", "check the hash chain; exit code 3 if it does not hold")
    .option("--json", "a JSON object a line")
    .addHelpText(
      "after",
      examples([
        ["bot-bottle audit reviewer-4k2pz --blocked", "what it did not get"],
        ["bot-bottle audit reviewer-4k2pz --host '*.github.com' --since 10m", "lately, and there"],
        ["bot-bottle audit reviewer-4k2pz -n 20 --follow", "the last rows, and what comes"],
        ["bot-bottle audit reviewer-4k2pz --verify", "is it whole and unchanged"],
        ["bot-bottle audit --verify audit.jsonl", "and what was saved of it"],
      ]),
    )
    .action((slug, options) =>
      act(async (services) => {
        const { context } = services;
        const json = options.json ?? false;
        const filter = filterOf(options, context.clock.now());
        if (options.reason !== undefined || options.mark !== undefined) {
          await refuseUnknownWords(options);
        }
        if (options.verify !== undefined) {
          refuseBesideVerify(filter, options);
          return await verify(services, verifiedPlace(slug, options), json);
        }
        const { follow = false, last } = options;
        refuseFollowOfPast(follow, options);
        return await print(
          services,
          { place: placeOf(slug, options.file), filter, follow, last },
          json,
        );
      })
    );
}

interface VerifyFlags {
  readonly file?: string | undefined;
  readonly verify?: string | true | undefined;
  readonly last?: number | undefined;
  readonly follow?: true | undefined;
}

/** `--verify NAME` may be a file, or the bottle with the option before it. */
function verifiedPlace(slug: string | undefined, { file, verify }: VerifyFlags): AuditPlace {
  if (typeof verify !== "string") return placeOf(slug, file);
  if (slug !== undefined || file !== undefined) {
    throw badUsage("--verify names a file besides", "Give the bottle or one file, not both");
  }
  const isSlug = /^[a-z][a-z0-9-]*-[a-z0-9]{5}$/.test(verify);
  return isSlug ? placeOf(verify, undefined) : placeOf(undefined, verify);
}

function placeOf(slug: string | undefined, file: string | undefined): AuditPlace {
  if (slug !== undefined && file === undefined) return { kind: "bottle", slug };
  if (file !== undefined && slug === undefined) return { kind: "file", path: file };
  throw badUsage(
    slug === undefined ? "Whose audit?" : "A bottle and a file at once",
    "Name a bottle, running or gone, or a file: --file audit.jsonl",
  );
}

/** A word that no row can have would show nothing, as if nothing had happened. */
async function refuseUnknownWords({ reason, mark }: FilterFlags): Promise<void> {
  const { auditReasons } = await import("../../lib/audit/row.ts");
  const { auditMarks } = await import("../../lib/egress/audit/audit_mark.ts");
  await refuseUnknown("reason", reason, auditReasons);
  await refuseUnknown("mark", mark, Object.keys(auditMarks));
}

async function refuseUnknown(
  what: string,
  words: readonly string[] = [],
  known: readonly string[],
): Promise<void> {
  const unknown = words.find((word) => !known.includes(word));
  if (unknown === undefined) return;
  const { didYouMean } = await import("../../lib/manifest/nearest.ts");
  const hint = didYouMean(unknown, known, `Take of: ${known.join(", ")}`);
  throw badUsage(`No ${what} "${unknown}"`, hint);
}

function refuseBesideVerify(filter: object, { last, follow }: VerifyFlags): void {
  if (Object.keys(filter).length === 0 && last === undefined && follow === undefined) return;
  throw badUsage(
    "--verify checks all rows",
    "Leave the filters, --last and --follow out: a chain with rows left out does not hold",
  );
}

function refuseFollowOfPast(follow: boolean, { file, until }: FilterFlags & VerifyFlags): void {
  if (!follow || file === undefined && until === undefined) return;
  throw badUsage(
    `Nothing comes ${file === undefined ? "before --until" : "to a file"}`,
    "Leave --follow out",
  );
}

/** So many lines are fitted to one another: an audit of any size takes little memory. */
const PAGE = 1_000;

async function print(services: Services, request: AuditRequest, json: boolean): Promise<number> {
  const { readAudit } = await import("../session/audit.ts");
  const { auditLines } = await import("../ui/audit_table.ts");
  const { out } = services.context;
  const { follow } = request;
  const width = out.isTerminal.stdout && !follow ? out.columns() : Infinity;
  let page: Parameters<typeof auditLines>[0][number][] = [];
  let hasTitles = follow;
  const flush = (): void => {
    const lines = auditLines(page, { useColor: out.useColor, width });
    for (const line of hasTitles ? lines.slice(1) : lines) out.stdout(`${line}\n`);
    hasTitles = true;
    page = [];
  };
  for await (const row of readAudit(services, request)) {
    if (json) out.stdout(`${JSON.stringify(row)}\n`);
    // Followed, a line comes as it is: columns can't be fitted to rows that aren't there yet.
    else if (page.push(row) === (follow ? 1 : PAGE)) flush();
  }
  if (!json && (page.length > 0 || !hasTitles)) flush();
  return 0;
}

async function verify(services: Services, place: AuditPlace, json: boolean): Promise<number> {
  const { verifyAudit } = await import("../session/verify_audit.ts");
  const { checkedLines, checkedJson } = await import("../ui/checked_audit.ts");
  const { ExitCode } = await import("../../lib/errors.ts");
  const checked = await verifyAudit(services, place);
  const lines = json ? [JSON.stringify(checkedJson(checked))] : checkedLines(checked);
  for (const line of lines) services.context.out.stdout(`${line}\n`);
  return checked.faultCount === 0 ? ExitCode.ok : ExitCode.findings;
}
