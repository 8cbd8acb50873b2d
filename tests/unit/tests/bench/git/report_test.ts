/** The figures of the bench of git-gate, from times that were measured. */

import { deepEqual, equal, throws } from "node:assert/strict";
import { parseOptions } from "../../../../bench/git/options.ts";
import { figuresOf, overBounds, textReport } from "../../../../bench/git/report.ts";

const MEASURED = {
  clone: { ssh: [1000, 900, 5000], warm: [1200, 1100, 9000], cold: [2500, 2400, 2600] },
  push: { ssh: [200, 210], gate: [400, 430] },
  scan: { mebibytes: 10, scanned: [2000], unscanned: [1000] },
  agents: { agents: 10, ms: 20_000, faults: [] },
} as const;

Deno.test("figuresOf divides medians, and gives the scan by MiB", () => {
  const figures = figuresOf(MEASURED);
  equal(figures.clone_ratio_ssh, 1.2);
  equal(figures.cold_clone_ratio_ssh, 2.5);
  equal(figures.push_ratio_ssh, 2.02);
  equal(figures.scan_ms_per_mb, 100);
  equal(figures.agents_right, 1);
});

Deno.test("figuresOf has no figure of what was not measured", () => {
  deepEqual(Object.keys(figuresOf({ push: MEASURED.push })), [
    "push_ratio_ssh",
    "ssh_push_ms",
    "push_ms",
  ]);
});

Deno.test("overBounds names each ratio that is too high", () => {
  deepEqual(overBounds(figuresOf(MEASURED)), ["cold_clone_ratio_ssh is 2.5, more than 2.3"]);
});

Deno.test("textReport shows bounds beside figures", () => {
  const text = textReport(figuresOf(MEASURED), { machine: "2 cores", sides: { ssh: "git" } });
  equal(text.split("\n").find((line) => line.startsWith("clone_ratio_ssh"))?.endsWith("1.3"), true);
});

Deno.test("parseOptions takes parts and rounds, and nothing that it does not know", () => {
  deepEqual(parseOptions(["--json", "--rounds", "5", "--only", "clone,push"]), {
    isJson: true,
    rounds: 5,
    only: ["clone", "push"],
  });
  for (const args of [["--fast"], ["--rounds", "0"], ["--rounds"], ["--only", "fetch"]]) {
    throws(() => parseOptions(args), /bench:git/);
  }
});
