import assert from "node:assert/strict";
import { Manifest } from "../../../../lib/manifest/manifest.ts";

Deno.test("Manifest.fromObject checks as files are checked", async () => {
  const bottle = { agent_provider: { template: "claude" }, env: { A: "1" } };
  const manifest = await Manifest.fromObject({ bottle, agent: { prompt: "Hi" }, name: "reviewer" });
  assert.deepEqual([manifest.agent.name, manifest.agent.prompt], ["reviewer", "Hi"]);
  assert.equal(manifest.bottle.env.get("A")?.value.kind, "literal");
  assert.equal((await Manifest.fromObject({ bottle })).agent.name, "agent");
  await assert.rejects(
    Manifest.fromObject({ bottle: { ...bottle, evn: {} } }),
    /Unknown key "evn"/,
  );
  await assert.rejects(Manifest.fromObject({ bottle, name: "../x" }), /Not a manifest's name/);
});
