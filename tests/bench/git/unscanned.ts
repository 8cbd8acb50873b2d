/** The sidecars as they are, but for one module: the scan of a push says that there is nothing. */

import { runBundler } from "../../../backends/bundle/bundle_script.ts";
import { createRun } from "../../../lib/process/create_run.ts";
import { ROOT } from "../../support/suites/files.ts";

const SCAN = "sidecars/git_gate/scan/scan_push.ts";
const NO_SCAN = "tests/bench/git/no_scan.ts";

/** Bundles them into a folder of this machine. @returns the file's path, which the gate's user may read */
export async function bundleUnscanned(folder: string): Promise<string> {
  const url = (path: string): string => new URL(path, `file://${ROOT}`).href;
  const importMap = `${folder}/import_map.json`;
  await Deno.writeTextFile(importMap, JSON.stringify({ imports: { [url(SCAN)]: url(NO_SCAN) } }));
  const into = `${folder}/sidecars.js`;
  const root = new URL(`file://${ROOT}`);
  await runBundler({ run: createRun() }, root, { entry: "sidecars/main.ts", into, importMap });
  await Deno.chmod(into, 0o644);
  await Deno.chmod(folder, 0o755);
  return into;
}
