/** Every line of the threat list has a case, and no case is there twice. */

import { deepEqual, ok } from "node:assert/strict";
import { attacks } from "./attacks/all.ts";
import { countCases, missing, printTable, proxyCases, repeated } from "./coverage.ts";
import { inBottles } from "./in_bottles.ts";

/** What is asked for; there are more. */
const LEAST = 250;

Deno.test("coverage: every line of names and addresses, HTTP and credentials has a case", () => {
  const sections = countCases();
  const table = printTable(sections).join("\n");
  Deno.stdout.writeSync(new TextEncoder().encode(`${table}\n`));
  deepEqual(missing(sections), []);
  deepEqual(repeated(proxyCases()), []);
  ok(proxyCases().length >= LEAST);
});

Deno.test("coverage: a line without a case is told", () => {
  const sections = countCases(proxyCases().filter(({ line }) => line !== "rebinding"));
  deepEqual(missing(sections), ["rebinding"]);
});

Deno.test("coverage: what is said of tests in a bottle is there", async () => {
  for (const { attack, test } of inBottles) {
    if (attack !== undefined) ok(attacks.some(({ name }) => name === attack), attack);
    if (test === undefined) continue;
    const [file, name] = test;
    const text = await Deno.readTextFile(new URL(`../../${file}`, import.meta.url));
    ok(text.includes(name), `no "${name}" in ${file}`);
  }
});
