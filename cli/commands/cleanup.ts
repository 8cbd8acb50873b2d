/** `cleanup` */

import { Command, type CommandUnknownOpts } from "../../lib/deps/commander.ts";
import { sizeText } from "../../lib/size_text.ts";
import type { Act, Services } from "../command.ts";
import { examples } from "../examples.ts";
import type { CleanedUp } from "../session/cleanup.ts";
import type { CleanupPlan } from "../session/plan_cleanup.ts";
import { workNote } from "../ui/work_end.ts";

/** The command. */
export function define(act: Act): CommandUnknownOpts {
  return new Command("cleanup")
    .description(
      "List what would be removed, ask, save the audits and work that was never fetched, and remove: containers, networks, volumes, deploy keys and what is remembered. Only what bot-bottle made for this home.",
    )
    .argument("[slug...]", "bottles; left out: all that don't run")
    .option("--all", "running bottles too")
    .option("--images", "images that were built for this home, too, if no container needs them")
    .option("-n, --dry-run", "only list")
    .option("-y, --yes", "don't ask")
    .option("--json", "for a program")
    .addHelpText(
      "after",
      examples([
        ["bot-bottle cleanup -n", "what is there to remove"],
        ["bot-bottle cleanup reviewer-4k2pz", "one bottle, running or not"],
        ["bot-bottle cleanup --all --yes", "everything of this home, unasked"],
        ["bot-bottle cleanup --images -n", "how much room images take"],
      ]),
    )
    .action((slugs, options) =>
      act(async (services) => {
        const { planCleanup } = await import("../session/plan_cleanup.ts");
        const plan = await planCleanup(services, {
          names: slugs,
          all: options.all ?? false,
          images: options.images ?? false,
        });
        const { items, states, corrupted, deployKeys, throwaways, scraps } = plan;
        const isEmpty = [items, states, corrupted, deployKeys, throwaways, scraps].every((
          { length },
        ) => length === 0);
        if (!options.json) await printPlan(services, plan, isEmpty);
        if (options.json && options.dryRun) {
          services.context.out.stdout(`${planJson(plan, NOTHING_YET)}\n`);
        }
        if (options.dryRun) return 0;
        return isEmpty && !options.json ? 0 : await remove(services, plan, {
          yes: options.yes ?? isEmpty,
          json: options.json ?? false,
        });
      })
    );
}

async function remove(
  services: Services,
  plan: CleanupPlan,
  options: { readonly yes: boolean; readonly json: boolean },
): Promise<number> {
  const { carryOutCleanup } = await import("../session/cleanup.ts");
  const { confirm } = await import("../ui/ask.ts");
  const { out } = services.context;
  if (!options.yes && !await confirm(services, "Remove them?", "--yes")) {
    out.stderr("Nothing was removed\n");
    return 1;
  }
  const cleaned = await carryOutCleanup(services, plan);
  const { unsavedAudits, unsavedTranscripts, work, stayingKeys } = cleaned;
  if (options.json) out.stdout(`${planJson(plan, cleaned)}\n`);
  for (const line of unsavedAudits) out.stderr(`! An audit could not be saved: ${line}\n`);
  for (const line of unsavedTranscripts) {
    out.stderr(`! A transcript could not be saved: ${line}\n`);
  }
  for (const line of work.problems) out.stderr(`! Work could not be saved: ${line}\n`);
  for (const slug of work.archived) {
    out.stderr(`Work that was never fetched is kept for 30 days: \`bot-bottle fetch ${slug}\`\n`);
  }
  const { stayingKeyLine } = await import("../ui/staying_keys.ts");
  for (const key of stayingKeys) out.stderr(`${stayingKeyLine(key, "bot-bottle cleanup")}\n`);
  if (stayingKeys.length > 0) return 1;
  if (!options.json && !services.settings.quiet) out.stderr("Removed\n");
  return 0;
}

async function printPlan(services: Services, plan: CleanupPlan, isEmpty: boolean): Promise<void> {
  const { tableLines } = await import("../ui/table.ts");
  const { out } = services.context;
  if (isEmpty) {
    if (!services.settings.quiet) out.stderr("Nothing to remove\n");
    return;
  }
  const rows = [
    ...plan.items.map((item) => ({ ...item, note: itemNote(item) })),
    ...plan.states.map((state) => ({ kind: "state", name: state.slug, note: workNote(state) })),
    ...plan.corrupted.map(({ name, why }) => ({ kind: "state", name, note: why })),
    ...plan.deployKeys.map(({ title, owner, repo, api }) => ({
      kind: "deploy key",
      name: title,
      note: `of ${owner}/${repo} at ${api}`,
    })),
    ...plan.throwaways.flatMap(({ folder, items }) => [
      ...items.map(({ kind, name }) => ({ kind, name, note: KILLED })),
      { kind: "folder", name: folder, note: KILLED },
    ]),
    ...plan.scraps.map((name) => ({ kind: "file", name, note: "half written" })),
  ];
  const lines = tableLines(
    [
      { title: "KIND", text: (row) => row.kind },
      { title: "NAME", text: (row) => row.name },
      { title: "", text: (row) => row.note },
    ],
    rows,
    Infinity,
  );
  for (const line of lines) out.stdout(`${line}\n`);
}

const KILLED = "of a demo or a self-test that was killed";

function itemNote({ running, bytes }: CleanupPlan["items"][number]): string {
  if (running) return "running";
  return bytes === undefined ? "" : sizeText(bytes);
}

const NOTHING_YET: CleanedUp = {
  unsavedAudits: [],
  unsavedTranscripts: [],
  work: { archived: [], problems: [] },
  stayingKeys: [],
};

function planJson(plan: CleanupPlan, cleaned: CleanedUp): string {
  const { work } = cleaned;
  return JSON.stringify({
    items: plan.items,
    states: [...plan.states.map((state) => state.slug), ...plan.corrupted.map((each) => each.name)],
    deploy_keys: plan.deployKeys.map(({ title }) => title),
    throwaways: plan.throwaways,
    scraps: plan.scraps,
    unfetched: plan.states.filter((state) => workNote(state) !== "").map(({ slug }) => slug),
    unsaved_audits: cleaned.unsavedAudits,
    unsaved_transcripts: cleaned.unsavedTranscripts,
    archived_work: work.archived,
    unsaved_work: work.problems,
    staying_deploy_keys: cleaned.stayingKeys.map(({ record, why }) => ({
      title: record.title,
      why,
    })),
  });
}
