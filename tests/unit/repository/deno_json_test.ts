import assert from "node:assert/strict";
import config from "../../../deno.json" with { type: "json" };
import { VERSION } from "../../../lib/names.ts";
import { ROOT } from "../../support/suites/files.ts";

Deno.test("VERSION is the one of deno.json", () => {
  assert.equal(VERSION, config.version);
});

// deno.json is read by no compiler check of its own: a strict option that is lost would be missed by nobody.
Deno.test("deno.json keeps the strict options on", () => {
  const options: Record<string, boolean> = config.compilerOptions;
  for (
    const name of [
      "strict",
      "noUncheckedIndexedAccess",
      "exactOptionalPropertyTypes",
      "noImplicitOverride",
      "noImplicitReturns",
      "noFallthroughCasesInSwitch",
      "erasableSyntaxOnly",
    ]
  ) {
    assert.equal(options[name], true, name);
  }
});

Deno.test("tasks of deno.json run files that are there", async () => {
  for (const [name, task] of Object.entries(config.tasks)) {
    const command = typeof task === "string" ? task : task.command;
    for (const [file] of command.matchAll(/(?<=\s|^)[\w./]+\.ts\b/g)) {
      await assert.doesNotReject(Deno.stat(ROOT + file), `${name}: ${file}`);
    }
  }
});
