/** `fetch` */

import { Command, type CommandUnknownOpts } from "../../lib/deps/commander.ts";
import type { Act, Services } from "../command.ts";
import { acceptOption } from "../accept_option.ts";
import { examples } from "../examples.ts";
import type { Fetched } from "../session/fetch.ts";
import type { OpenedWork } from "../session/work_out.ts";

/** The command. */
export function define(act: Act): CommandUnknownOpts {
  return new Command("fetch")
    .description(
      "Bring the agent's commits into the workspace's repository as a branch, checked; nothing is checked out or merged. From the running bottle, or as they were saved when it stopped.",
    )
    .argument("<slug>", "name of the bottle, from list")
    .option("--branch <name>", "the branch to write; default bot/<slug>")
    .option("--force", "also if the branch has commits that the agent's history has not")
    .addOption(acceptOption("bring them"))
    .option("--repository <dir>", "the workspace's repository, if it has moved")
    .option("--json", "for a program")
    .addHelpText(
      "after",
      examples([
        ["bot-bottle fetch fixer-4k2pz", "then: git merge bot/fixer-4k2pz"],
        ["bot-bottle fetch fixer-4k2pz --branch retry-logic", "under a name of yours"],
      ]),
    )
    .action((slug, options) =>
      act(async (services) => {
        const { openWork } = await import("../session/work_out.ts");
        const { fetchWork } = await import("../session/fetch.ts");
        const { branch, repository } = options;
        await using opened = await openWork(services, {
          slug,
          ...(repository === undefined ? {} : { repository }),
        });
        const fetched = await fetchWork(services, opened, {
          force: options.force ?? false,
          accept: new Set(options.accept),
          ...(branch === undefined ? {} : { branch }),
        });
        if (options.json) await printJson(services, opened, fetched);
        else await print(services, opened, fetched);
        return 0;
      })
    );
}

/** Commits that are named; the rest is counted. */
const SHOWN_COMMITS = 20;

async function print(services: Services, opened: OpenedWork, fetched: Fetched): Promise<void> {
  const { escapeControl } = await import("../../lib/egress/escape.ts");
  const { findingLines, noteLines, tell, warningLines } = await import("../ui/work_text.ts");
  const { styleOf } = await import("../ui/style.ts");
  const { out, clock } = services.context;
  const { slug, workspace, quarantine } = opened;
  const { branch, brought, report: { commits, totalCommits, findings, warnings } } = fetched;
  const style = styleOf(out);
  tell(services, noteLines(opened, clock.now()));
  for (const { id, subject } of commits.slice(0, SHOWN_COMMITS)) {
    out.stdout(`${style.yellow(id.slice(0, 12))} ${escapeControl(subject)}\n`);
  }
  const more = totalCommits - Math.min(commits.length, SHOWN_COMMITS);
  if (more > 0) out.stdout(`… and ${more} more\n`);
  tell(services, [
    branchLine(branch, brought),
    ...findingLines(findings),
    ...warningLines(warnings),
    `Review: git diff ${workspace.base.slice(0, 12)} ${branch}`,
    `Merge:  git merge ${branch}`,
    ...(quarantine.uncommitted === null ? [] : [
      `Not committed in the bottle, and not fetched; on ${branch}: bot-bottle diff ${slug} --uncommitted | git apply`,
    ]),
  ]);
}

function branchLine(branch: string, { kind, from, to }: Fetched["brought"]): string {
  const [old, now] = [from?.slice(0, 12), to.slice(0, 12)];
  switch (kind) {
    case "created":
      return `New branch ${branch} at ${now}`;
    case "forwarded":
      return `Branch ${branch}: ${old} → ${now}`;
    case "forced":
      return `Branch ${branch}: ${old} → ${now} (forced)`;
    case "unchanged":
      return `Branch ${branch} has them already`;
    default:
      return kind satisfies never;
  }
}

async function printJson(
  { context }: Services,
  opened: OpenedWork,
  fetched: Fetched,
): Promise<void> {
  const { slug, quarantine, repository, work: { facts, collectedAt } } = opened;
  const { branch, brought, report } = fetched;
  const json = {
    slug,
    repository: repository.folder,
    branch,
    outcome: brought.kind,
    from: brought.from,
    to: brought.to,
    base: quarantine.base,
    is_related: quarantine.isRelated,
    collected_at: collectedAt,
    commits: report.commits,
    total_commits: report.totalCommits,
    files: report.files,
    findings: report.findings,
    warnings: report.warnings,
    uncommitted: facts.uncommitted,
    left_out: facts.leftOut,
    commits_elsewhere: facts.elsewhere,
  };
  const { jsonText } = await import("../ui/json_text.ts");
  context.out.stdout(jsonText(json, 2));
}
