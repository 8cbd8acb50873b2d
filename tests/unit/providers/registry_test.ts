import assert from "node:assert/strict";
import { findProvider, providerNames } from "../../../providers/registry.ts";

Deno.test("findProvider loads each built-in provider under its own name", async () => {
  assert.deepEqual(providerNames, ["claude", "scripted"]);
  for (const name of providerNames) assert.equal((await findProvider(name)).name, name);
});

const refused = [
  {
    name: "codex",
    code: "not-in-this-version",
    message: 'The provider "codex" is not in this version',
    hint: "Take one of: claude, scripted",
  },
  {
    name: "cluade",
    code: "provider-unknown",
    message: 'No provider "cluade"',
    hint: 'Did you mean "claude"?',
  },
  {
    name: "constructor",
    code: "provider-unknown",
    message: 'No provider "constructor"',
    hint: "Take one of: claude, scripted",
  },
];

for (const { name, ...error } of refused) {
  Deno.test(`findProvider refuses "${name}" with "${error.hint}"`, async () => {
    const place = { file: "/home/bottles/dev.md", line: 2, column: 3 };
    await assert.rejects(findProvider(name, place), { ...error, place });
    await assert.rejects(findProvider(name), { ...error, place: undefined });
  });
}
