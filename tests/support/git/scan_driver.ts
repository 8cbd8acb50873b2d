/**
 * Scans texts in the bundle's container, with the gitleaks that is there: for tests. On stdin a JSON list of scans, each a
 * list of texts in base64; on stdout what each came to.
 */

import type { Finding } from "../../../lib/dlp/scanner.ts";
import { GITLEAKS } from "../../../sidecars/git_gate/scan/gitleaks_program.ts";
import { programKeywords } from "../../../sidecars/git_gate/scan/gitleaks_rules.ts";
import { GitleaksScan } from "../../../sidecars/git_gate/scan/gitleaks_scan.ts";

/** What a scan came to, and how long it took. */
export interface DrivenScan {
  readonly findings: readonly Finding[];
  readonly ms: number;
}

const scans: readonly (readonly string[])[] = await new Response(Deno.stdin.readable).json();
const keywords = programKeywords(await Deno.readFile(GITLEAKS));
const answers: DrivenScan[] = [];
for (const [index, texts] of scans.entries()) {
  const started = performance.now();
  await using scan = new GitleaksScan({
    program: GITLEAKS,
    keywords,
    folder: `/run/git-gate/scan-${index}`,
    signal: new AbortController().signal,
  });
  for (const [id, text] of texts.entries()) {
    await scan.add({ id, bytes: Uint8Array.fromBase64(text) });
  }
  answers.push({ findings: await scan.finish(), ms: Math.round(performance.now() - started) });
}
await new Response(JSON.stringify(answers)).body?.pipeTo(Deno.stdout.writable);
