import assert from "node:assert/strict";
import plugin from "../../../tools/lint.ts";

/** A snippet, the file it would stand in, and the rules that must object: exactly these, none other. */
type Case = readonly [file: string, source: string, ...rules: string[]];

const importCases: Case[] = [
  ["lib/plan/plan.ts", `import { a } from "../names.ts";`],
  ["lib/plan/plan.ts", `import { a } from "../../cli/main.ts";`, "imports-one-way"],
  ["lib/plan/plan.ts", `import type { A } from "../../backends/backend.ts";`, "imports-one-way"],
  ["lib/plan/plan.ts", `export { a } from "../../providers/provider.ts";`, "imports-one-way"],
  ["lib/plan/plan.ts", `export * from "../../sidecars/main.ts";`, "imports-one-way"],
  ["lib/plan/plan.ts", `type A = import("../../cli/main.ts").A;`, "imports-one-way"],
  ["lib/plan/plan.ts", `await import("../../cli/main.ts");`, "imports-one-way"],
  ["lib/plan/plan.ts", `import { a } from "../../tests/support/context.ts";`, "imports-one-way"],
  ["lib/plan/plan.ts", `import { a } from "../../library/x.ts";`, "imports-one-way"],
  ["lib/version.ts", `import config from "../deno.json" with { type: "json" };`],
  ["lib/names.ts", "await import(`./${name}.ts`);", "imports-one-way"],
  ["sidecars/init/main.ts", `import { a } from "../egress/main.ts"; import "../../lib/names.ts";`],
  ["sidecars/init/main.ts", `import "../../backends/backend.ts";`, "imports-one-way"],
  ["backends/docker/agent.ts", `import "../backend.ts"; import "../bundle/assets.ts";`],
  ["backends/docker/agent.ts", `import type { A } from "../../providers/provider.ts";`],
  ["backends/docker/agent.ts", `import { a } from "../../providers/registry.ts";`],
  [
    "backends/docker/agent.ts",
    `import { a } from "../../providers/claude/mod.ts";`,
    "imports-one-way",
  ],
  [
    "backends/docker/agent.ts",
    `import text from "../../sidecars/Dockerfile" with { type: "text" };`,
    "imports-one-way",
  ],
  [
    "backends/bundle/assets.ts",
    `import text from "../../sidecars/Dockerfile" with { type: "text" };`,
  ],
  ["backends/bundle/assets.ts", `import "../../providers/claude/mod.ts";`, "imports-one-way"],
  ["backends/docker/agent.ts", `import { a } from "../../cli/main.ts";`, "imports-one-way"],
  ["providers/claude/mod.ts", `import "../provider.ts"; import "../../lib/names.ts";`],
  ["providers/claude/mod.ts", `import type { A } from "../../backends/backend.ts";`],
  ["providers/claude/mod.ts", `import "../../backends/docker/agent.ts";`, "imports-one-way"],
  ["cli/main.ts", `import "../backends/docker/backend.ts"; import "../providers/registry.ts";`],
  ["cli/main.ts", `import "../sidecars/main.ts";`, "imports-one-way"],
  ["mod.ts", `export { a } from "./lib/names.ts";`],
  ["mod.ts", `export { a } from "./tools/lint.ts";`, "imports-one-way"],
  ["tests/unit/a_test.ts", `import "../../cli/main.ts"; await import(name);`],
];

const npmCases: Case[] = [
  ["lib/deps/zod.ts", `export { z } from "npm:zod@4.6.7";`],
  ["lib/deps/mcp.ts", `export { S } from "npm:@model/server@2.0.0-rc.1/web/http.js";`],
  ["lib/deps/zod.ts", `export { z } from "npm:zod";`, "npm-in-deps"],
  ["lib/deps/zod.ts", `export { z } from "npm:zod@4";`, "npm-in-deps"],
  ["lib/deps/zod.ts", `export { z } from "npm:zod@^4.6.7";`, "npm-in-deps"],
  ["lib/deps/zod.ts", `export { z } from "npm:zod@4.6.7 || 5";`, "npm-in-deps"],
  ["lib/deps/deep/zod.ts", `export { z } from "npm:zod@4.6.7";`, "npm-in-deps"],
  ["lib/names.ts", `import { z } from "npm:zod@4.6.7";`, "npm-in-deps"],
  ["lib/names.ts", `type Z = import("npm:zod@4.6.7").Z;`, "npm-in-deps"],
  ["lib/names.ts", `const z = await import("npm:zod@4.6.7");`, "npm-in-deps"],
  ["tests/unit/a_test.ts", `import fc from "npm:fast-check@4.9.0";`, "npm-in-deps"],
  ["lib/names.ts", `import { z } from "zod";`, "npm-in-deps"],
  ["lib/deps/std.ts", `export { a } from "jsr:@std/assert@1.0.0";`, "npm-in-deps"],
  ["lib/deps/std.ts", `export { a } from "https://example.com/a.ts";`, "npm-in-deps"],
  ["lib/names.ts", `import { join } from "node:path";`],
];

const globalCases: Case[] = [
  ["cli/main.ts", `Deno.exit(Deno.args.length);`],
  ["cli/context.ts", `Deno.env.get("HOME");`],
  ["sidecars/main.ts", `Deno.exit(1);`],
  ["tests/bench/start.ts", `Deno.exit(Deno.args.length);`],
  ["cli/commands/start.ts", `Deno.exit(1);`, "globals-at-the-edge"],
  ["lib/names.ts", `Deno.args.length;`, "globals-at-the-edge"],
  ["lib/names.ts", `Deno.env.get("HOME");`, "globals-at-the-edge"],
  ["lib/names.ts", `Deno["env"].get("HOME");`, "globals-at-the-edge"],
  ["lib/names.ts", `globalThis.Deno.env.get("HOME");`, "globals-at-the-edge"],
  ["lib/names.ts", `const { env } = Deno;`, "globals-at-the-edge"],
  ["lib/names.ts", `Deno.exitCode = 1;`, "globals-at-the-edge"],
  ["lib/names.ts", `import process from "node:process"; process.exit(1);`, "globals-at-the-edge"],
  ["lib/names.ts", `import process from "node:process"; process.stdin.isTTY;`],
  ["lib/names.ts", `Deno.readTextFile("a"); const { stat } = Deno; options.env; deno.exit();`],
];

const programCases: Case[] = [
  ["lib/process/spawn.ts", `new Deno.Command("a");`],
  ["lib/process/a.ts", `import { spawn } from "node:child_process";`],
  ["tests/support/git.ts", `new Deno.Command("git");`],
  ["backends/docker/agent.ts", `new Deno.Command("docker");`, "programs-in-process"],
  ["backends/docker/agent.ts", `const { Command } = Deno;`, "programs-in-process"],
  ["lib/plan/a.ts", `import { spawn } from "node:child_process";`, "programs-in-process"],
  ["lib/plan/a.ts", `await import("node:child_process");`, "programs-in-process"],
  ["lib/plan/a.ts", `import { z } from "../deps/zod.ts"; import process from "node:process";`],
];

for (const [group, cases] of Object.entries({ importCases, npmCases, globalCases, programCases })) {
  Deno.test(`lint plugin judges ${group}`, () => {
    for (const [file, source, ...rules] of cases) {
      const found = Deno.lint.runPlugin(plugin, file, source).map(({ id }) => id);
      assert.deepEqual(found, rules.map((rule) => `bot-bottle/${rule}`), `${file}: ${source}`);
    }
  });
}

Deno.test("lint plugin knows a file by its absolute path", () => {
  const file = new URL("../../../lib/names.ts", import.meta.url).pathname;
  const found = Deno.lint.runPlugin(plugin, file, `import "../cli/main.ts";`);
  assert.deepEqual(found.map(({ message }) => message), [`"lib/names.ts" imports "cli/main.ts"`]);
});
