/**
 * Scans a push in the bundle's container, for tests: what the push desk would do. Reads a {@linkcode ScanJob} as JSON on
 * stdin, and writes a {@linkcode ScanAnswer}.
 */

import type { SecretPrints } from "../../../lib/dlp/secret_print.ts";
import { BottleError } from "../../../lib/errors.ts";
import { DEFAULT_RULES } from "../../../lib/git_gate/config.ts";
import { serveGitConfig } from "../../../lib/git_gate/git_config.ts";
import { BareMirror } from "../../../sidecars/git_gate/bare_mirror.ts";
import { GitRunner } from "../../../sidecars/git_gate/git.ts";
import {
  createScanPush,
  type PushToScan,
  type ScanResult,
} from "../../../sidecars/git_gate/scan/scan_push.ts";

/** What is to be done. */
export interface ScanJob extends Omit<PushToScan, "mirror"> {
  /** Folder of the bare repository. */
  readonly mirror: string;
  readonly prints: SecretPrints;
  /** Where scans are made: a tmpfs. */
  readonly folder: string;
  readonly program?: string;
}

/** What came of it. */
export type ScanAnswer =
  | { readonly result: ScanResult; readonly ms: number; readonly left: readonly string[] }
  | { readonly error: { readonly code: string; readonly message: string } };

const job: ScanJob = await new Response(Deno.stdin.readable).json();
const { mirror: folder, prints, program, ...push } = job;
const serve = `${job.folder}/gitconfig`;
await Deno.writeTextFile(serve, serveGitConfig());
const mirror = new BareMirror({
  repo: {
    name: "test",
    upstream: { scheme: "https", host: "", port: 0, path: "", username: "", token: null },
    push: "allow",
    rules: DEFAULT_RULES,
  },
  folder,
  runner: new GitRunner({ serve, upstream: "", ssh: "" }),
});
const scan = createScanPush({
  prints,
  folder: `${job.folder}/scans`,
  ...(program === undefined ? {} : { program }),
});
await Deno.writeTextFile("/dev/stdout", JSON.stringify(await answer()));

async function answer(): Promise<ScanAnswer> {
  const started = performance.now();
  try {
    const result = await scan({ ...push, mirror }, new AbortController().signal);
    const ms = Math.round(performance.now() - started);
    const left = (await Array.fromAsync(Deno.readDir(`${job.folder}/scans`))).map(({ name }) =>
      name
    );
    return { result, ms, left };
  } catch (error) {
    if (!(error instanceof BottleError)) throw error;
    return { error: { code: error.code, message: error.message } };
  }
}
