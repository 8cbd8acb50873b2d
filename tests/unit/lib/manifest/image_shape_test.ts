import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { BottleError } from "../../../../lib/errors.ts";
import { ManifestIndex } from "../../../../lib/manifest/index.ts";
import type { AgentProviderChoice } from "../../../../lib/manifest/types.ts";
import { manifestFiles, markdown } from "../../../support/manifest_files.ts";

/** What the bottle's files come to. */
async function load(files: Readonly<Record<string, string>>): Promise<AgentProviderChoice> {
  const texts = Object.entries(files).map(([name, yaml]) => [
    `home/bottles/${name}.md`,
    markdown(yaml),
  ]);
  await using home = await manifestFiles({
    "home/agents/a.md": markdown("bottle: dev"),
    ...Object.fromEntries(texts),
  });
  const index = await ManifestIndex.load({ home: home.home });
  return (await index.loadForAgent("a")).bottle.provider.value;
}

async function problemOf(yaml: string): Promise<BottleError> {
  const error = await load({ dev: yaml }).then(() => undefined, (error: unknown) => error);
  ok(error instanceof BottleError, `${yaml} was taken`);
  return error;
}

Deno.test("agent_provider takes a Dockerfile with a version, or an image, each with its place", async () => {
  const built = await load({
    dev: "agent_provider:\n  template: claude\n  dockerfile: ./own/Dockerfile\n  version: 2.1.197",
  });
  deepEqual([built.dockerfile?.value, built.version?.value], ["./own/Dockerfile", "2.1.197"]);
  deepEqual([built.dockerfile?.place.line, built.version?.place.line], [4, 5]);
  const ready = await load({ dev: "agent_provider: { template: claude, image: 'a.example/b:1' }" });
  equal(ready.image?.value, "a.example/b:1");
});

Deno.test("agent_provider is folded whole, and keeps the place of the file that names it", async () => {
  const files = {
    base: "agent_provider: { template: claude, dockerfile: ./Dockerfile, version: '2' }",
    dev: "extends: base",
  };
  const { dockerfile } = await load(files);
  ok(dockerfile?.place.file.endsWith("/bottles/base.md"), dockerfile?.place.file);
  const other = await load({
    ...files,
    dev: "extends: base\nagent_provider: { template: claude }",
  });
  deepEqual([other.dockerfile, other.version], [undefined, undefined]);
});

Deno.test("an image beside a Dockerfile or a version is refused, with both places", async () => {
  for (const [key, value] of [["dockerfile", "./Dockerfile"], ["version", "'2.1'"]]) {
    const error = await problemOf(
      `agent_provider:\n  template: claude\n  image: x:1\n  ${key}: ${value}`,
    );
    ok(error.message.startsWith('"agent_provider.image" can\'t stand with'), error.message);
    ok(error.message.includes(`"agent_provider.${key}"`), error.message);
    ok(/dev\.md:5:3\)$/.test(error.message), error.message);
    deepEqual([error.place?.line, error.place?.column], [4, 3]);
  }
});

Deno.test("what is no path, no image and no version is refused", async () => {
  const cases: readonly (readonly [string, string, RegExp])[] = [
    ["dockerfile", "''", /must be the path of a Dockerfile/],
    ["dockerfile", "~ann/Dockerfile", /another's home/],
    ["dockerfile", "[a]", /must be the path of a Dockerfile, not a list/],
    ["image", "''", /must be an image/],
    ["image", "--privileged", /must be an image/],
    ["image", "a b", /must be an image/],
    ["image", "a/B", /must be an image/],
    ["image", "'x@sha256:12'", /must be an image/],
    ["version", "latest", /must be a version such as/],
    ["version", "2.1", /must be a version, not a number/],
    ["version", "'1; rm'", /must be a version such as/],
  ];
  for (const [key, value, message] of cases) {
    const error = await problemOf(`agent_provider: { template: claude, ${key}: ${value} }`);
    ok(message.test(error.message), `${key}: ${value}: ${error.message}`);
  }
  await rejects(load({ dev: "agent_provider: { template: claude, version: 2.1 }" }), (error) => {
    ok(error instanceof BottleError);
    equal(error.hint, "Put it in quotes");
    return true;
  });
});
