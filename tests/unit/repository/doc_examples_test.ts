import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { ManifestIndex } from "../../../lib/manifest/index.ts";
import { lintRoutes } from "../../../lib/policy/lint.ts";
import { manifestFiles, markdown } from "../../support/manifest_files.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const FILES = ["README.md", "docs/routes.md", "docs/presets.md", "docs/images.md", "docs/git.md"];

/** The heads of manifests that a document shows. */
async function examplesIn(file: string): Promise<readonly string[]> {
  const text = await Deno.readTextFile(`${ROOT}${file}`);
  return [...text.matchAll(/^```yaml\n(.*?)^```$/gms)]
    .map(([, yaml = ""]) => yaml.replaceAll(/^---\n/gm, ""));
}

for (const file of FILES) {
  Deno.test(`examples of ${file} are good manifests, and no danger`, async () => {
    const examples = await examplesIn(file);
    assert.ok(examples.length > 0);
    for (const example of examples) {
      const provider = /^agent_provider:/m.test(example)
        ? ""
        : "agent_provider: { template: scripted }\n";
      await using files = await manifestFiles({
        "home/bottles/dev.md": markdown(`${provider}${example}`),
        "home/bottles/tools/Dockerfile": "FROM node:22-slim\n",
        "home/agents/demo.md": markdown("bottle: dev"),
      });
      const index = await ManifestIndex.load({ home: files.home });
      const { bottle } = await index.loadForAgent("demo");
      const dangers = lintRoutes(bottle.routes, 0).filter(({ severity }) => severity === "danger");
      assert.deepEqual(dangers, [], example);
    }
  });
}
