/** Skills: folders of the home, copied into the guest with their modes. */

import type { GuestEntry } from "../bottle.ts";
import { BottleError } from "../errors.ts";
import type { BottlePlan, SkillPlan } from "../plan/plan.ts";

/** A skill is instructions and small programs: more than this is a mistake, such as a linked-in cache. */
const MAX_SKILL_BYTES = 64 * 1024 * 1024;
const MAX_SKILL_ENTRIES = 10_000;

/**
 * The plan's skills as entries for the guest's skills folder.
 * @throws {BottleError} `skills-unsupported`, `skill-missing`, `skill-unsafe`, `skill-too-large`
 */
export async function skillEntries(plan: BottlePlan): Promise<readonly GuestEntry[]> {
  const { skills } = plan.fields;
  const into = plan.agent.skillsFolder;
  if (skills.length === 0) return [];
  if (into === null) {
    throw new BottleError(`The provider "${plan.agent.provider}" takes no skills`, {
      code: "skills-unsupported",
      hint: `Leave "skills" out of ${plan.manifest.agent.file}`,
    });
  }
  return (await Promise.all(skills.map((skill) => readSkill(skill, `${into}/${skill.name}`))))
    .flat();
}

/** One skill's folder, read. Links are followed inside the folder and copied as what they lead to; links that lead out are refused. */
async function readSkill(skill: SkillPlan, into: string): Promise<readonly GuestEntry[]> {
  const root = await realPath(skill.folder);
  const info = root === null ? null : await Deno.stat(root);
  if (root === null || info === null || !info.isDirectory) {
    throw new BottleError(`No skill "${skill.name}"`, {
      code: "skill-missing",
      hint: `Put its folder at ${skill.folder}`,
    });
  }
  const walk: Walk = { skill, root, entries: [], bytes: 0 };
  await readFolder(walk, root, into, [root]);
  return walk.entries;
}

interface Walk {
  readonly skill: SkillPlan;
  readonly root: string;
  readonly entries: GuestEntry[];
  bytes: number;
}

/** @param above real paths of the folders on the way down: a link back to one of them would never end */
async function readFolder(
  walk: Walk,
  folder: string,
  into: string,
  above: readonly string[],
): Promise<void> {
  push(walk, { path: into, mode: modeOf(await Deno.stat(folder), 0o755), folder: true });
  const names: string[] = [];
  for await (const { name } of Deno.readDir(folder)) names.push(name);
  for (const name of names.sort()) {
    const shown = `${folder}/${name}`;
    const real = await realPath(shown);
    if (real === null || !isInside(real, walk.root)) {
      throw unsafe(walk.skill, `"${shown}" is a link that leads out of the skill, or nowhere`);
    }
    const info = await Deno.stat(real);
    if (info.isDirectory) {
      if (above.includes(real)) throw unsafe(walk.skill, `"${shown}" links to a folder above it`);
      await readFolder(walk, real, `${into}/${name}`, [...above, real]);
    } else if (info.isFile) {
      walk.bytes += info.size;
      if (walk.bytes > MAX_SKILL_BYTES) throw tooLarge(walk.skill);
      push(walk, {
        path: `${into}/${name}`,
        mode: modeOf(info, 0o644),
        content: await Deno.readFile(real),
      });
    } else {
      throw unsafe(walk.skill, `"${shown}" is neither file nor folder`);
    }
  }
}

function push(walk: Walk, entry: GuestEntry): void {
  if (walk.entries.length >= MAX_SKILL_ENTRIES) throw tooLarge(walk.skill);
  walk.entries.push(entry);
}

/** Permission bits; set-id bits stay behind. Where the host has no modes, the default. */
function modeOf(info: Deno.FileInfo, otherwise: number): number {
  return info.mode === null ? otherwise : info.mode & 0o777;
}

function isInside(path: string, root: string): boolean {
  return path === root || path.startsWith(`${root}/`);
}

async function realPath(path: string): Promise<string | null> {
  try {
    return await Deno.realPath(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.FilesystemLoop) {
      return null;
    }
    throw error;
  }
}

function unsafe(skill: SkillPlan, why: string): BottleError {
  return new BottleError(`Skill "${skill.name}": ${why}`, {
    code: "skill-unsafe",
    hint: "Put the files themselves into the skill's folder",
  });
}

function tooLarge(skill: SkillPlan): BottleError {
  return new BottleError(`Skill "${skill.name}" holds more than 10,000 files or 64 MiB`, {
    code: "skill-too-large",
    hint: `Look for what doesn't belong in ${skill.folder}`,
  });
}
