/** Makes a fresh guest ready for its agent: certificate, git, workspace, prompt, skills, the provider's own files. */

import type { Bottle } from "../bottle.ts";
import type { BottlePlan } from "../plan/plan.ts";
import { installCa } from "./ca.ts";
import { providerEntries, runCommands } from "./files.ts";
import { configureGit, gateConfigEntries } from "./git.ts";
import { promptEntry, promptPathOf } from "./prompt.ts";
import { skillEntries } from "./skills.ts";
import type { ProvisionOptions, ProvisionSteps, StepWork } from "./step.ts";
import { bringWorkspaceIn } from "./workspace.ts";

type StepName = keyof ProvisionSteps;

/** The order in which wrapped steps run. */
const ORDER = [
  "provisionCa",
  "provisionGit",
  "provisionWorkspace",
  "applyPrompt",
  "applySkills",
  "applyProvision",
] as const satisfies readonly StepName[];

/**
 * Runs every step. Steps that the provider leaves alone share their calls: one tar as root, one as node, and what
 * must be executed, all at once. Steps that it wraps or replaces come after them, one by one, in the order of
 * {@linkcode ProvisionSteps}. Sets `bottle.promptPath`.
 * @throws {BottleError} `provision-ca`, `provision-git`, `provision-command`, `skill-…`, `workspace-…`
 */
export async function provision(
  bottle: Bottle,
  plan: BottlePlan,
  steps: ProvisionSteps,
  options: ProvisionOptions = {},
): Promise<void> {
  const defaults = ORDER.filter((name) => steps[name] === undefined);
  await perform(
    bottle,
    await Promise.all(defaults.map((name) => workOf(name, bottle, plan, options))),
    options,
  );
  for (const name of ORDER) {
    await steps[name]?.(bottle, plan, async () => {
      await perform(bottle, [await workOf(name, bottle, plan, options)], options);
    });
  }
}

/** A default step's work: files read and texts made, nothing done yet. */
async function workOf(
  name: StepName,
  bottle: Bottle,
  plan: BottlePlan,
  options: ProvisionOptions,
): Promise<StepWork> {
  switch (name) {
    case "provisionCa":
      return { node: [], root: [], finish: () => installCa(bottle, options) };
    case "provisionGit":
      return {
        node: gateConfigEntries(bottle, options),
        root: [],
        finish: () => configureGit(bottle, plan, options),
      };
    case "provisionWorkspace":
      return { node: [], root: [], finish: () => bringWorkspaceIn(bottle, plan, options) };
    case "applyPrompt":
      return {
        node: [promptEntry(plan)],
        root: [],
        finish: () => {
          bottle.promptPath = promptPathOf(plan);
          return Promise.resolve();
        },
      };
    case "applySkills":
      return { node: await skillEntries(plan), root: [] };
    case "applyProvision":
      return {
        node: await providerEntries(bottle, plan.agent.files, "node", options),
        root: await providerEntries(bottle, plan.agent.files, "root", options),
        finish: () => runCommands(bottle, plan, options),
      };
    default:
      return name satisfies never;
  }
}

/** One tar an owner; a step's calls begin when its own files, if any, are there. Waits for all, so that none outlives a failure. */
async function perform(
  bottle: Bottle,
  works: readonly StepWork[],
  { signal }: ProvisionOptions,
): Promise<void> {
  const root = works.flatMap((work) => work.root);
  const node = works.flatMap((work) => work.node);
  const files = allOf([
    ...root.length === 0 ? [] : [bottle.cpIn(root, "root", signal)],
    ...node.length === 0 ? [] : [bottle.cpIn(node, "node", signal)],
  ]);
  await allOf([
    files,
    ...works.map(async (work) => {
      if (work.root.length + work.node.length > 0) await files;
      await work.finish?.();
    }),
  ]);
}

async function allOf(promises: readonly Promise<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(promises)) {
    if (result.status === "rejected") throw result.reason;
  }
}
