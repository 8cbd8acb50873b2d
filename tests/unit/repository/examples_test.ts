import { deepEqual, ok } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { ManifestIndex } from "../../../lib/manifest/index.ts";

const HOME = fileURLToPath(new URL("../../../examples", import.meta.url));

Deno.test("examples are good manifests", async () => {
  const index = await ManifestIndex.load({ home: HOME });
  ok(index.agents().length > 0);
  for (const { name } of index.agents()) {
    const manifest = await index.loadForAgent(name);
    deepEqual(manifest.agent.name, name);
    ok(manifest.bottle.routes.length > 0, name);
  }
});
