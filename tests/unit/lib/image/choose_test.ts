import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { chooseImage, type ChosenImage, type ImageRequest } from "../../../../lib/image/choose.ts";
import { planImage } from "../../../../lib/image/plan_image.ts";
import type { AgentProviderChoice, Sourced } from "../../../../lib/manifest/types.ts";
import { parseSlug } from "../../../../lib/names.ts";
import { type ManifestFiles, manifestFiles } from "../../../support/manifest_files.ts";

const slug = parseSlug("demo-ab12c");
const provider = {
  name: "claude",
  dockerfile: "FROM provider\nARG CLAUDE_CODE_VERSION=1\n",
  versionArg: "CLAUDE_CODE_VERSION",
  guestPrograms: ["claude"],
};

/** What a manifest in the home's `bottles/dev.md` says. */
function choice(
  files: ManifestFiles,
  said: Partial<Record<"dockerfile" | "image" | "version", string>>,
): Sourced<AgentProviderChoice> {
  const place = { file: `${files.home}/bottles/dev.md`, line: 2, column: 3 };
  const sourced = Object.entries(said).map(([key, value]) => [key, { value, place }]);
  return { value: { template: "claude", ...Object.fromEntries(sourced) }, place };
}

async function choose(
  files: ManifestFiles,
  said: Parameters<typeof choice>[1] = {},
  more: Partial<ImageRequest> = {},
): Promise<ChosenImage> {
  return await chooseImage({
    rebuild: false,
    choice: choice(files, said),
    provider,
    home: files.home,
    userHome: `${files.root}/ann`,
    ...more,
  });
}

const states = ({ candidates }: ChosenImage): readonly string[] =>
  candidates.map(({ source, state }) => `${source}: ${state}`);

Deno.test("chooseImage takes the provider's Dockerfile where nobody names another", async () => {
  await using files = await manifestFiles();
  const image = await choose(files, {}, { slug });
  ok(image.kind === "build");
  deepEqual([image.dockerfile, image.file, image.context], [provider.dockerfile, null, null]);
  equal(image.origin, "provider claude");
  deepEqual(image.programs, ["claude"]);
  deepEqual(states(image), [
    "option: absent",
    "bottle: absent",
    "manifest: absent",
    "provider: chosen",
  ]);
});

Deno.test("chooseImage goes by the order of the cascade", async () => {
  await using files = await manifestFiles({
    "home/bottles/Dockerfile": "FROM manifest\n",
    [`home/state/${slug}/Dockerfile`]: "FROM bottle\n",
  });
  const said = { dockerfile: "Dockerfile" };
  const option = "tools:1";
  const all = await choose(files, said, { slug, option });
  deepEqual([all.kind, all.kind === "ready" && all.tag, all.origin], ["ready", option, "--image"]);
  deepEqual(states(all), [
    "option: chosen",
    "bottle: passed-over",
    "manifest: passed-over",
    "provider: passed-over",
  ]);
  const bottle = await choose(files, said, { slug });
  equal(bottle.kind === "build" && bottle.dockerfile, "FROM bottle\n");
  equal(bottle.kind === "build" && bottle.context, null);
  const manifest = await choose(files, said);
  equal(manifest.kind === "build" && manifest.dockerfile, "FROM manifest\n");
  equal(manifest.origin, `${files.home}/bottles/dev.md:2:3`);
  const named = manifest.candidates.find(({ source }) => source === "manifest");
  equal(named?.names, `Dockerfile (${files.home}/bottles/dev.md:2:3)`);
  const ready = await choose(files, { image: "a.example/b:2" });
  deepEqual([ready.kind, ready.kind === "ready" && ready.tag], ["ready", "a.example/b:2"]);
});

Deno.test("chooseImage reads nothing of what is passed over", async () => {
  await using files = await manifestFiles();
  const image = await choose(files, { dockerfile: "missing" }, { option: "tools:1" });
  equal(image.kind, "ready");
});

Deno.test("chooseImage refuses an --image that is none, as a mistake of usage", async () => {
  await using files = await manifestFiles();
  await rejects(choose(files, {}, { option: "--privileged" }), {
    code: "image-reference",
    exitCode: 2,
  });
});

Deno.test("chooseImage builds a Dockerfile among manifests alone, and one in a folder of its own with that folder", async () => {
  await using files = await manifestFiles({
    "home/bottles/dev.md": "a manifest",
    "home/bottles/Dockerfile": "FROM a\n",
    "home/bottles/own/Dockerfile.dev": "FROM b\n",
    "home/bottles/own/tool.sh": "x",
    "ann/files/Dockerfile": "FROM c\n",
  });
  const alone = await choose(files, { dockerfile: "./Dockerfile" });
  ok(alone.kind === "build" && alone.context === null);
  const own = await choose(files, { dockerfile: "own/Dockerfile.dev" });
  ok(own.kind === "build");
  equal(own.file, `${files.home}/bottles/own/Dockerfile.dev`);
  deepEqual(own.context?.entries.map(({ name }) => name), ["Dockerfile.dev", "tool.sh"]);
  const ofPerson = await choose(files, { dockerfile: "~/files/Dockerfile" });
  equal(ofPerson.kind === "build" && ofPerson.file, `${files.root}/ann/files/Dockerfile`);
  const absolute = await choose(files, { dockerfile: `${files.home}/bottles/Dockerfile` });
  ok(absolute.kind === "build" && absolute.context === null);
});

Deno.test("chooseImage refuses a folder that holds the home, and a Dockerfile that is none", async () => {
  await using files = await manifestFiles({ "Dockerfile": "FROM x\n", "home/bottles/dev.md": "" });
  await Deno.symlink(`${files.root}/Dockerfile`, `${files.home}/bottles/link`);
  await Deno.mkdir(`${files.home}/bottles/folder`);
  const place = { file: `${files.home}/bottles/dev.md`, line: 2, column: 3 };
  const cases: readonly (readonly [string, string])[] = [
    ["../../Dockerfile", "context-too-large"],
    ["missing", "dockerfile-missing"],
    ["dev.md/x", "dockerfile-missing"],
    ["link", "dockerfile-unreadable"],
    ["folder", "dockerfile-unreadable"],
  ];
  for (const [dockerfile, code] of cases) {
    await rejects(choose(files, { dockerfile }), { code, place }, dockerfile);
  }
  const noHome: Partial<ImageRequest> = {};
  await rejects(
    choose(files, { dockerfile: "~/x" }, { ...noHome, userHome: undefined }),
    { code: "dockerfile-missing" },
  );
});

Deno.test("chooseImage refuses a relative path of a manifest that is no file", async () => {
  await using files = await manifestFiles();
  const place = { file: "<bottle dev>" };
  const said = { template: "claude", dockerfile: { value: "./Dockerfile", place } };
  await rejects(choose(files, {}, { choice: { value: said, place } }), {
    code: "dockerfile-missing",
    hint: "Write an absolute path",
  });
});

Deno.test("chooseImage gives a version to the argument that takes it, and refuses one that nothing takes", async () => {
  await using files = await manifestFiles({
    "home/bottles/with": "FROM x\nARG CLAUDE_CODE_VERSION\n",
    "home/bottles/without": "FROM x\n",
    [`home/state/${slug}/Dockerfile`]: "FROM bottle\n",
  });
  const version = "2.1.197";
  for (const said of [{ version }, { version, dockerfile: "with" }]) {
    const image = await choose(files, said);
    deepEqual(image.kind === "build" && image.args, { CLAUDE_CODE_VERSION: version });
  }
  await rejects(choose(files, { version, dockerfile: "without" }), {
    code: "version-unsupported",
    message: '"agent_provider.version" has no effect: the Dockerfile takes no CLAUDE_CODE_VERSION',
  });
  const { versionArg: _, ...plain } = provider;
  await rejects(choose(files, { version }, { provider: plain }), { code: "version-unsupported" });
  // The bottle's own Dockerfile was made for it, whatever the manifest says now.
  const own = await choose(files, { version }, { slug });
  deepEqual(own.kind === "build" && own.args, {});
});

Deno.test("planImage gives a provider's arguments to other Dockerfiles only as far as they declare them", async () => {
  await using files = await manifestFiles({ "home/bottles/D": "FROM x\nARG A\n" });
  const facts = { provider: "claude", args: { A: "1", B: "2" }, extraCaPem: null };
  const own = planImage(await choose(files), facts);
  const other = planImage(await choose(files, { dockerfile: "D" }), facts);
  deepEqual(own.kind === "build" && own.args, { A: "1", B: "2" });
  deepEqual(other.kind === "build" && other.args, { A: "1" });
  ok(own.tag !== other.tag);
  const ready = planImage(await choose(files, { image: "a:1" }), facts);
  equal(ready.tag, "a:1");
});
