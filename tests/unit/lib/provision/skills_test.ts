import assert from "node:assert/strict";
import type { GuestEntry } from "../../../../lib/bottle.ts";
import { skillEntries } from "../../../../lib/provision/skills.ts";
import { fakeAgentPlan, fakePlan } from "../../../support/plan.ts";

async function withSkill(test: (folder: string) => Promise<void>): Promise<void> {
  const home = await Deno.makeTempDir();
  const folder = `${home}/skills/review`;
  await Deno.mkdir(`${folder}/bin`, { recursive: true });
  await Deno.writeTextFile(`${folder}/SKILL.md`, "# Review\n");
  await Deno.chmod(`${folder}/SKILL.md`, 0o640);
  await Deno.writeTextFile(`${folder}/bin/check`, "#!/bin/sh\n");
  await Deno.chmod(`${folder}/bin/check`, 0o4755);
  try {
    await test(folder);
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}

const read = (folder: string): Promise<readonly GuestEntry[]> =>
  skillEntries(fakePlan({ skills: [{ name: "review", folder }] }));

Deno.test("skillEntries copies a tree with its modes, without set-id bits", () =>
  withSkill(async (folder) => {
    const entries = (await read(folder)).map((entry) =>
      [entry.path, entry.mode.toString(8), "content" in entry] as const
    );
    assert.deepEqual(entries.filter(([, , isFile]) => isFile), [
      ["/home/node/skills/review/SKILL.md", "640", true],
      ["/home/node/skills/review/bin/check", "755", true],
    ]);
    assert.deepEqual(entries.filter(([, , isFile]) => !isFile).map(([path]) => path), [
      "/home/node/skills/review",
      "/home/node/skills/review/bin",
    ]);
  }));

Deno.test("skillEntries takes a skill that is itself a link, and links inside it as what they lead to", () =>
  withSkill(async (folder) => {
    await Deno.symlink("../SKILL.md", `${folder}/bin/readme`);
    await Deno.symlink(folder, `${folder}-link`);
    const entries = await read(`${folder}-link`);
    const readme = entries.find(({ path }) => path.endsWith("/bin/readme"));
    assert.ok(readme !== undefined && "content" in readme && readme.content instanceof Uint8Array);
    assert.equal(new TextDecoder().decode(readme.content), "# Review\n");
  }));

const traps: readonly [name: string, target: string, link: string][] = [
  ["out by an absolute path", "/etc/passwd", "bin/x"],
  ["out by dots", "../../outside", "x"],
  ["to a folder whose name begins like the skill's", "../review-2/secret", "x"],
  ["nowhere", "missing", "x"],
  ["to itself", "x", "x"],
  ["to a folder above it", "..", "bin/x"],
];

for (const [name, target, link] of traps) {
  Deno.test(`skillEntries refuses a link that leads ${name}`, () =>
    withSkill(async (folder) => {
      await Deno.mkdir(`${folder}-2`);
      await Deno.writeTextFile(`${folder}-2/secret`, "");
      await Deno.writeTextFile(`${folder}/../outside`, "");
      await Deno.writeTextFile(`${folder}/../../outside`, "");
      await Deno.symlink(target, `${folder}/${link}`);
      await assert.rejects(read(folder), { code: "skill-unsafe" });
    }));
}

Deno.test("skillEntries refuses what is neither file nor folder", () =>
  withSkill(async (folder) => {
    const listener = Deno.listen({ transport: "unix", path: `${folder}/socket` });
    try {
      await assert.rejects(read(folder), { code: "skill-unsafe" });
    } finally {
      listener.close();
    }
  }));

Deno.test("skillEntries names a missing skill and where it should be", async () => {
  await assert.rejects(read("/nowhere/skills/review"), {
    code: "skill-missing",
    message: 'No skill "review"',
    hint: "Put its folder at /nowhere/skills/review",
  });
});

Deno.test("skillEntries refuses a file in a folder's place, and a tree past the limits", () =>
  withSkill(async (folder) => {
    await assert.rejects(read(`${folder}/SKILL.md`), { code: "skill-missing" });
    await Deno.truncate(`${folder}/SKILL.md`, 64 * 1024 * 1024 + 1);
    await assert.rejects(read(folder), { code: "skill-too-large" });
  }));

Deno.test("skillEntries refuses skills where the provider has no place for them", async () => {
  const agent = fakeAgentPlan({ skillsFolder: null });
  assert.deepEqual(await skillEntries(fakePlan({ agent })), []);
  const plan = fakePlan({ agent, skills: [{ name: "review", folder: "/nowhere" }] });
  await assert.rejects(skillEntries(plan), { code: "skills-unsupported" });
});
