/**
 * `deno task bench:egress [--json | --markdown] [--seconds N] [--rounds N] [--only …] [--node-http]`: this proxy, mitmproxy and squid between the same client and the
 * same origin, on loopback, in turn in one run. Only ratios of one run mean anything. Linux, as it reads /proc.
 */

import { BenchRun } from "./egress/bench_run.ts";
import { boundFigures } from "./egress/figures.ts";
import { markdownReport } from "./egress/markdown_report.ts";
import { parseOptions } from "./egress/options.ts";
import { describeBounds, describeContestants, describeResults } from "./egress/report.ts";
import { jsonReport } from "./egress/json_report.ts";

function say(line: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));
}

const options = parseOptions(Deno.args);
const run = new BenchRun(options, say);
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.addSignalListener(signal, async () => {
    await run[Symbol.asyncDispose]();
    Deno.exit(130);
  });
}
try {
  const { results, contestants, checks, versions, measured } = await run.measure();
  const figures = boundFigures(results);
  const names = contestants.map(({ name }) => name);
  const text = {
    json: () => JSON.stringify(jsonReport(figures, results, contestants, versions)),
    markdown: () => markdownReport(figures, results, measured, names),
    text: () =>
      [
        describeContestants(contestants, checks, versions),
        describeResults(results, measured, names),
        describeBounds(figures),
      ].join("\n\n"),
  }[options.format]();
  await Deno.stdout.write(new TextEncoder().encode(`${text}\n`));
  const faults = [
    ...[...checks].flatMap(([name, list]) =>
      list.filter(({ holds }) => !holds).map(({ what }) => `${name}: not seen that ${what}`)
    ),
    ...results.failures(),
  ];
  for (const fault of faults) say(fault);
  if (faults.length > 0) Deno.exitCode = 1;
} finally {
  await run[Symbol.asyncDispose]();
}
