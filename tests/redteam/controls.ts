/**
 * `deno task redteam:controls [words…]`: shows that the tests bite. For each attack: a fresh stage, the attack, a sink that
 * stays empty; then the control is switched off from outside, and the same attack must reach the same kind of sink.
 */

import { attacks } from "./attacks/all.ts";
import { type Finding, printTable, proveControl } from "./prove.ts";

const wanted = attacks.filter(({ name, control }) =>
  Deno.args.every((word) => `${name} ${control}`.includes(word))
);
const findings: Finding[] = [];
for (const attack of wanted) {
  const finding = await proveControl(attack);
  findings.push(finding);
  print(`${finding.ok ? "ok    " : "FAILED"} ${attack.name} (${finding.seconds} s)`);
  if (finding.problem !== undefined) print(`       ${finding.problem}`);
}
print("");
printTable(findings).forEach(print);
const isProven = findings.length > 0 && findings.every(({ ok }) => ok);
print(isProven ? "\nEvery control holds, and every test bites" : "\nNot proven");
Deno.exit(isProven ? 0 : 1);

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}
