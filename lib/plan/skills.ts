/** The skills of an agent: folders of the home. */

import { join } from "node:path";
import { didYouMean } from "../manifest/nearest.ts";
import { type Problem, problemsError, quote } from "../manifest/problem.ts";
import type { Manifest } from "../manifest/types.ts";
import type { SkillPlan } from "./plan.ts";

/** Where each skill lies, each once; whether it is there, `checkSkills` says. */
export function planSkills({ agent }: Manifest, home: string): readonly SkillPlan[] {
  const names = new Set(agent.skills.map((skill) => skill.value));
  return [...names].map((name) => ({ name, folder: join(home, "skills", name) }));
}

/** @throws {BottleError} `skill-missing` with all that are missing, each with the nearest that exists */
export async function checkSkills({ agent }: Manifest, home: string): Promise<void> {
  const problems: Problem[] = [];
  for (const { value, place } of agent.skills) {
    const folder = join(home, "skills", value);
    if (await isFolder(folder)) continue;
    const known = await listFolders(join(home, "skills"));
    problems.push({
      message: `No skill ${quote(value)}`,
      place,
      hint: didYouMean(value, known, `Make the folder "${folder}"`),
      code: "skill-missing",
    });
  }
  if (problems.length > 0) throw problemsError(`agent "${agent.name}"`, problems);
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
}

async function listFolders(path: string): Promise<readonly string[]> {
  const names: string[] = [];
  try {
    for await (const entry of Deno.readDir(path)) names.push(entry.name);
  } catch (error) {
    if (!isAbsent(error)) throw error;
  }
  return names;
}

function isAbsent(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory;
}
