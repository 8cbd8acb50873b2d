import assert from "node:assert/strict";
import { join } from "node:path";
import { ManifestIndex } from "../../../../lib/manifest/index.ts";
import { imageLines } from "../../../../lib/image/describe.ts";
import { homeId } from "../../../../lib/names.ts";
import { resolvePlan } from "../../../../lib/plan/resolve.ts";
import { validateSpec } from "../../../../lib/plan/validate.ts";
import { manifestFiles, markdown } from "../../../support/manifest_files.ts";
import { fakeProvider } from "../../../support/made_plan.ts";

const FILES = {
  "home/agents/reviewer.md": markdown("bottle: dev\nskills: [review]", "Be careful"),
  "home/bottles/dev.md": markdown(
    "extends: base\negress: { routes: [{ host: a.example, auth: { scheme: bearer, token_ref: T } }] }",
  ),
  "home/bottles/base.md": markdown("agent_provider: { template: claude, auth_token: C }"),
  "home/skills/review/SKILL.md": "x",
  "ca.pem": "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
};

Deno.test("resolvePlan identifies the home by its real path, and reads the extra CA", async () => {
  await using files = await manifestFiles(FILES);
  const link = join(files.root, "link");
  await Deno.symlink(files.home, link);
  const env = (name: string): string | undefined =>
    ({ T: "t", C: "c", BOT_BOTTLE_EXTRA_CA: join(files.root, "ca.pem") })[name];
  const spec = { manifest: await ManifestIndex.load({ home: link }), agent: "reviewer" };
  const manifest = await validateSpec(spec, { env, home: link });
  const random = (length: number): Uint8Array => new Uint8Array(length);
  const plan = await resolvePlan(spec, manifest, {
    env,
    random,
    home: link,
    provider: fakeProvider(),
  });
  assert.equal(plan.fields.homeId, homeId(files.home));
  const file = join(files.root, "ca.pem");
  const pem = FILES["ca.pem"];
  // Launch uses what the image's name was made of, not what the file has become.
  await Deno.remove(file);
  assert.deepEqual(plan.egress.extraCa, { file, pem });
  assert.deepEqual(plan.fields.skills, [{ name: "review", folder: join(link, "skills/review") }]);
  const gone = await resolvePlan(spec, manifest, {
    env: () => undefined,
    random,
    home: "/nowhere/at/all",
    provider: fakeProvider(),
  });
  assert.equal(gone.fields.homeId, homeId("/nowhere/at/all"));
});

Deno.test("resolvePlan passes the index's warnings and the agent's origin into the notices", async () => {
  await using files = await manifestFiles({
    ...FILES,
    "repo/.git/HEAD": "x",
    "repo/.bot-bottle/agents/shipped.md": markdown("bottle: base"),
    "repo/.bot-bottle/agents/reviewer.md": markdown("bottle: base"),
    "repo/.bot-bottle/bottles/evil.md": "x",
  });
  const manifest = await ManifestIndex.load({ home: files.home, cwd: join(files.root, "repo") });
  const env = (name: string): string | undefined =>
    name.startsWith("BOT_BOTTLE") ? undefined : "value";
  const options = {
    env,
    home: files.home,
    random: (n: number) => new Uint8Array(n),
    provider: fakeProvider(),
  };
  const noticesOf = async (agent: string): Promise<string> => {
    const spec = { manifest, agent };
    const plan = await resolvePlan(spec, await validateSpec(spec, options), options);
    return plan.fields.notices.map(({ level, text }) => `${level}: ${text}`).join("\n");
  };
  const shipped = await noticesOf("shipped");
  assert.match(shipped, /^danger: The agent comes from a repository.*not yours$/m);
  assert.match(shipped, /^warning: .*bottles" is ignored/m);
  assert.match(
    await noticesOf("reviewer"),
    /^info: The agent hides another of the same name: .*repo/m,
  );
});

Deno.test("resolvePlan looks for no image of a bottle that exists, whatever became of its Dockerfile", async () => {
  await using files = await manifestFiles({
    "home/agents/a.md": markdown("bottle: dev"),
    "home/bottles/dev.md": markdown(
      "agent_provider: { template: claude, dockerfile: gone/Dockerfile }",
    ),
  });
  const options = {
    env: () => undefined,
    home: files.home,
    random: (length: number) => new Uint8Array(length),
    provider: fakeProvider(),
  };
  const spec = { manifest: await ManifestIndex.load({ home: files.home }), agent: "a" };
  const manifest = await validateSpec(spec, options);
  const imageInUse = "bot-bottle-agent-claude:0123456789ab";
  const plan = await resolvePlan({ ...spec, imageInUse }, manifest, options);
  assert.equal(plan.image, imageInUse);
  assert.deepEqual(imageLines(plan.agent.image), {
    image: `${imageInUse} (as its container was made)`,
    more: [],
  });
  await assert.rejects(resolvePlan(spec, manifest, options), { code: "dockerfile-missing" });
});
