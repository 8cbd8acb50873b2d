import { equal } from "node:assert/strict";
import type { CheckedFinding } from "../../../../cli/doctor/finding.ts";
import { doctorJson, doctorLines } from "../../../../cli/ui/doctor_text.ts";

const findings: readonly CheckedFinding[] = [
  { check: "engine", level: "ok", text: "Docker 28", fix: null, facts: { version: "28" } },
  { check: "extra-ca", level: "warning", text: "It expires", fix: "Renew it", facts: {} },
  { check: "disk", level: "note", text: "Images\u001b[2J", fix: null, facts: { images: 2 } },
];
const bad: CheckedFinding = {
  check: "seal",
  level: "problem",
  text: "No rule",
  fix: "Load nf_tables",
  facts: { tables: null },
};

Deno.test("doctorJson is this shape", async (t) => {
  await t.assertSnapshot(doctorJson([...findings, bad]));
  equal(JSON.parse(doctorJson(findings)).ok, true, "a warning is no problem");
});

Deno.test("doctorLines shows each finding with its fix, escaped, and counts them", async (t) => {
  const lines = doctorLines([...findings, bad, bad], { useColor: false });
  await t.assertSnapshot(lines.join("\n"));
  equal(doctorLines(findings.slice(0, 1), { useColor: false }).at(-1), "All is well");
});
