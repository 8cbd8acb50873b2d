/** Every line of the threat list about git has a case, and no case is there twice. */

import { deepEqual, ok } from "node:assert/strict";
import { missing, printTable } from "../coverage.ts";
import { gitCases } from "./cases/all.ts";
import { countGitCases, gitTests } from "./coverage.ts";

Deno.test("coverage: every line about git has a case", () => {
  const section = countGitCases();
  Deno.stdout.writeSync(new TextEncoder().encode(`${printTable([section]).join("\n")}\n`));
  deepEqual(missing([section]), []);
  const names = gitCases.map(({ line, name }) => `${line}: ${name}`);
  deepEqual(names.filter((name, at) => names.indexOf(name) !== at), []);
});

Deno.test("coverage: a line about git without a case is told", () => {
  const section = countGitCases(gitCases.filter(({ line }) => line !== "note"));
  deepEqual(missing([section]), ["note"]);
});

Deno.test("coverage: what is said of tests about git is there", async () => {
  for (const { test: [file, name] } of gitTests) {
    const text = await Deno.readTextFile(new URL(`../../../${file}`, import.meta.url));
    ok(text.includes(name), `no "${name}" in ${file}`);
  }
});
