import assert from "node:assert/strict";
import { imageTag } from "../../../../lib/image/tag.ts";

const inputs = {
  provider: "claude",
  dockerfile: "FROM x",
  args: { A: "1", B: "2" },
  extraCaPem: null,
  context: null,
};

Deno.test("imageTag is the same for the same inputs, whatever the order of arguments", () => {
  assert.match(imageTag(inputs), /^bot-bottle-agent-claude:[0-9a-f]{12}$/);
  assert.equal(imageTag({ ...inputs, args: { B: "2", A: "1" } }), imageTag(inputs));
});

Deno.test("imageTag changes with each input", () => {
  const others = [
    { ...inputs, provider: "scripted" },
    { ...inputs, dockerfile: "FROM y" },
    { ...inputs, args: { A: "1", B: "3" } },
    { ...inputs, args: { A: "1" } },
    { ...inputs, args: {} },
    { ...inputs, extraCaPem: "" },
    { ...inputs, extraCaPem: "-----BEGIN CERTIFICATE-----" },
  ];
  const tags = [inputs, ...others].map(imageTag);
  assert.equal(new Set(tags).size, tags.length);
});
