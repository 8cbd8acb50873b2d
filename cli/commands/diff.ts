/** `diff` */

import { Command, type CommandUnknownOpts, Option } from "../../lib/deps/commander.ts";
import type { Acceptable } from "../../lib/workspace/findings.ts";
import type { Act, Services } from "../command.ts";
import { acceptOption } from "../accept_option.ts";
import { examples } from "../examples.ts";
import type { DiffPart } from "../session/diff.ts";
import type { OpenedWork } from "../session/work_out.ts";

/** The command. */
export function define(act: Act): CommandUnknownOpts {
  return new Command("diff")
    .description(
      "Show what a bottle's agent has changed in the workspace since it began: commits and what is not committed, as one patch. From the running bottle, or as it was saved when it stopped.",
    )
    .argument("<slug>", "name of the bottle, from list")
    .addOption(new Option("--committed", "only what is committed").conflicts("uncommitted"))
    .option("--uncommitted", "only what is not: `git apply` takes it on top of the fetched branch")
    .addOption(new Option("--stat", "files and numbers of lines").conflicts("json"))
    .addOption(acceptOption("print the patch into a pipe or a file"))
    .option("--repository <dir>", "the workspace's repository, if it has moved")
    .option("--json", "commits and files, for a program")
    .addHelpText(
      "after",
      examples([
        ["bot-bottle diff fixer-4k2pz --stat", "how much, and where"],
        ["bot-bottle diff fixer-4k2pz | less", "all of it"],
        ["bot-bottle diff fixer-4k2pz --uncommitted | git apply", "take what is not committed"],
      ]),
    )
    .action((slug, options) =>
      act(async (services) => {
        const { openWork } = await import("../session/work_out.ts");
        const part: DiffPart = options.committed
          ? "committed"
          : options.uncommitted
          ? "uncommitted"
          : "all";
        const { repository } = options;
        await using opened = await openWork(services, {
          slug,
          ...(repository === undefined ? {} : { repository }),
        });
        return options.json
          ? await printJson(services, opened, part)
          : await print(services, opened, {
            part,
            isStat: options.stat ?? false,
            accepted: new Set(options.accept),
          });
      })
    );
}

interface PrintOptions {
  readonly part: DiffPart;
  readonly isStat: boolean;
  readonly accepted: ReadonlySet<Acceptable>;
}

async function print(
  services: Services,
  opened: OpenedWork,
  { part, isStat, accepted }: PrintOptions,
): Promise<number> {
  const { patchOf, readablePatchOf, statOf } = await import("../../lib/workspace/diff_stream.ts");
  const { rangeOf } = await import("../session/diff.ts");
  const { refuseBlocked } = await import("../session/refuse_blocked.ts");
  const { printEscaped } = await import("../ui/patch_text.ts");
  const { findingLines, noteLines, tell } = await import("../ui/work_text.ts");
  const { checkWork } = await import("../../lib/workspace/check_work.ts");
  const { out, signal, clock } = services.context;
  tell(services, noteLines(opened, clock.now()));
  const found = rangeOf(opened, part);
  if (found === null || found.from === found.to) {
    tell(services, [part === "uncommitted" ? "Nothing is uncommitted" : "Nothing has changed"]);
    return 0;
  }
  const range = { ...found, signal };
  const { git, base } = opened.quarantine;
  // Before git compares: it holds all paths in memory, and a hostile tree has no end of them.
  const findings = await checkWork(git, { base, tip: found.to, signal });
  const isForEyes = isStat || out.isTerminal.stdout;
  // Who reads from a pipe may be `git apply`, which makes links that lead out.
  if (!isForEyes) refuseBlocked(findings, accepted, "Nothing was printed");
  tell(services, findingLines(findings));
  if (isStat) {
    const columns = out.isTerminal.stdout ? out.columns() : 80;
    await printEscaped(statOf(git, range, columns), out, "text");
  } else if (out.isTerminal.stdout) {
    await printEscaped(readablePatchOf(git, range), out, "patch");
  } else {
    for await (const chunk of patchOf(git, range)) out.stdoutBytes(chunk);
  }
  return 0;
}

async function printJson(
  services: Services,
  opened: OpenedWork,
  part: DiffPart,
): Promise<number> {
  const { reportOn } = await import("../session/diff.ts");
  const { out, signal } = services.context;
  const { slug, work: { facts, collectedAt }, quarantine } = opened;
  const report = await reportOn(opened, part, signal);
  const json = {
    slug,
    base: quarantine.base,
    head: facts.head,
    branch: facts.branch,
    uncommitted: facts.uncommitted,
    collected_at: collectedAt,
    is_related: quarantine.isRelated,
    left_out: facts.leftOut,
    commits_elsewhere: facts.elsewhere,
    commits: report.commits,
    total_commits: report.totalCommits,
    files: report.files,
    findings: report.findings,
    warnings: report.warnings,
  };
  const { jsonText } = await import("../ui/json_text.ts");
  out.stdout(jsonText(json, 2));
  return 0;
}
