/**
 * `deno task test [part…]`: the checks, the suites and what is left behind, as one report whose last line holds the
 * counts. Parts: checks, unit, integration, e2e, redteam, soak; all unless told.
 */

import { findHomeId } from "../../../lib/home_id.ts";
import { createRun } from "../../../lib/process/create_run.ts";
import { summarise, type Trouble } from "../report/report.ts";
import { parseExpectedSkips } from "../report/skips.ts";
import { ROOT } from "./files.ts";
import { endLeftKeepers, listLeftKeepers } from "./left_keepers.ts";
import {
  type Leftover,
  leftoversOf,
  listLeftovers,
  newLeftovers,
  removeLeftovers,
} from "./leftovers.ts";
import { PARTS, runParts, usesEngine } from "./run_parts.ts";

const run = createRun();
const interrupt = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.addSignalListener(signal, () => interrupt.abort(new Error(`Ended by ${signal}`)));
}
const env = (name: string): string | undefined => Deno.env.get(name);
const started = Date.now();
const encoder = new TextEncoder();

function print(line: string): void {
  Deno.stdout.writeSync(encoder.encode(line + "\n"));
}

function say(line: string): void {
  print(`[${Math.round((Date.now() - started) / 1000)} s] ${line}`);
}

const unknown = Deno.args.filter((part) => !PARTS.includes(part));
if (unknown.length > 0) {
  print(`No part "${unknown.join(" ")}"; there are ${PARTS.join(", ")}`);
  Deno.exit(2);
}
Deno.exit(await main(new Set(Deno.args.length > 0 ? Deno.args : PARTS)));

async function main(wanted: ReadonlySet<string>): Promise<number> {
  const work = await Deno.makeTempDir({ prefix: "bot-bottle-test-" });
  const homes = `${work}/homes`;
  await Deno.mkdir(homes);
  const ownHome = await findHomeId(env("BOT_BOTTLE_HOME") ?? `${env("HOME") ?? ""}/.bot-bottle`);
  const before = usesEngine(wanted) ? await listLeftovers(run) : [];
  const leftBehind = async (): Promise<Leftover[]> =>
    usesEngine(wanted) ? newLeftovers(before, await listLeftovers(run), ownHome) : [];
  try {
    const { signal } = interrupt;
    const { suites, troubles } = await runParts({ run, env, wanted, work, homes, signal, say });
    const left: Trouble[] = (await leftBehind()).map(({ kind, name }) => ({
      title: `Left behind: ${kind} "${name}"`,
      details: "",
    }));
    const keepers = (await listLeftKeepers(await Deno.realPath(homes))).map(({ slug, home }) => ({
      title: `Left behind: keeper of "${slug}"`,
      details: home,
    }));
    const expected = parseExpectedSkips(await Deno.readTextFile(`${ROOT}tests/expected_skips.txt`));
    const report = summarise(suites, [...troubles, ...left, ...keepers], expected);
    print("");
    report.lines.forEach(print);
    return report.ok ? 0 : 1;
  } catch (error) {
    if (!interrupt.signal.aborted) throw error;
    say(`${String(interrupt.signal.reason)}; removing what the tests made`);
    return 130;
  } finally {
    endLeftKeepers(await listLeftKeepers(await Deno.realPath(homes)));
    await removeLeftovers(run, await leftoversOf(homes, await leftBehind()));
    await Deno.remove(work, { recursive: true });
  }
}
