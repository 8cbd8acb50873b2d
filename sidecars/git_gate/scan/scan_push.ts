/** Looks for secrets in all that a push would make new to its upstream. */

import type { Finding } from "../../../lib/dlp/scanner.ts";
import { PrintScanner } from "../../../lib/dlp/print_scanner.ts";
import type { SecretPrints } from "../../../lib/dlp/secret_print.ts";
import { MAX_OBJECT_BYTES } from "../../../lib/git_gate/rules.ts";
import { sizeText } from "../../../lib/size_text.ts";
import { WriterLock } from "../writer_lock.ts";
import { GITLEAKS } from "./gitleaks_program.ts";
import { programKeywords } from "./gitleaks_rules.ts";
import { GitleaksScan } from "./gitleaks_scan.ts";
import { listNewObjects, type NewObjects, reachedByUpstream } from "./new_objects.ts";
import { FoundTexts } from "./found_texts.ts";
import { pushTexts } from "./push_texts.ts";
import type { PushToScan, ScanPush, ScanResult } from "./push_to_scan.ts";
import { unscannable } from "./unscannable.ts";

export type {
  PushCommand,
  PushToScan,
  QuarantineEnv,
  ScanPush,
  ScanResult,
} from "./push_to_scan.ts";

/** Options of {@linkcode createScanPush}. */
export interface ScanPushOptions {
  /** What no push may hold. */
  readonly prints: SecretPrints;
  /** A folder on tmpfs, of git-gate's own: folders for scans are made in it. */
  readonly folder: string;
  /** Path of gitleaks; default: where the bundle's image has it. */
  readonly program?: string;
}

/** Bytes of all objects together, inflated. */
const MAX_TOTAL_BYTES = 2 * 1024 ** 3;
/** How long a scan may take: this, and a second for so many bytes. A quiet machine does ten times as many. */
const BASE_MS = 300_000;
const BYTES_PER_SECOND = 500_000;

/** The scan of a gate. One push at a time: the bundle's memory has to do for everything in it. */
export function createScanPush(options: ScanPushOptions): ScanPush {
  const lock = new WriterLock();
  const prints = new PrintScanner(options.prints);
  const { program = GITLEAKS, folder } = options;
  let ready: Promise<readonly string[]> | undefined;
  return (push, signal) =>
    lock.exclusive(async () => {
      ready ??= prepare(program, folder);
      const keywords = await ready.catch((error: unknown) => {
        ready = undefined;
        throw error;
      });
      const objects = await listNewObjects(push, signal);
      const limitMs = BASE_MS + checkSizes(objects) / BYTES_PER_SECOND * 1000;
      const late = AbortSignal.timeout(limitMs);
      const either = AbortSignal.any([signal, late]);
      try {
        await using scan = new GitleaksScan({
          program,
          keywords,
          folder: `${folder}/${crypto.randomUUID()}`,
          signal: either,
        });
        return await scanObjects(push, objects, prints, scan, either);
      } catch (error) {
        signal.throwIfAborted();
        throw late.aborted ? unscannable("it took too long", error) : error;
      }
    }, signal);
}

async function scanObjects(
  push: PushToScan,
  objects: NewObjects,
  prints: PrintScanner,
  scan: GitleaksScan,
  signal: AbortSignal,
): Promise<ScanResult> {
  const found = new FoundTexts();
  let isWhole = true;
  for await (const { place, whole, text } of pushTexts(push, objects, signal)) {
    const id = found.addText(place, text);
    for (const secret of prints.scan(whole)) found.addKnown(id, secret);
    if (text !== undefined) await scan.add({ id, bytes: text.bytes });
    if (found.isEnough) {
      isWhole = false;
      break;
    }
  }
  const findings: readonly Finding[] = await scan.finish();
  for (const finding of findings) found.addFinding(finding);
  const old = found.holders.some((id) => objects.known.has(id))
    ? await reachedByUpstream(push.mirror, signal)
    : new Set<string>();
  const counted = found.findings(old);
  // What stopped the scan may all be old: then nobody knows what stands behind it.
  if (counted.length === 0 && !(isWhole && scan.isWhole)) {
    throw unscannable("too much was found beside it in what the upstream has already");
  }
  return { findings: counted, objects: objects.heads.size };
}

/** What can't be held in memory can't be scanned. @returns bytes of all of them */
function checkSizes({ heads }: NewObjects): number {
  let total = 0;
  for (const { id, size } of heads.values()) {
    if (size > MAX_OBJECT_BYTES) {
      throw unscannable(
        `object ${id} has ${sizeText(size)}, and ${sizeText(MAX_OBJECT_BYTES)} is the most`,
      );
    }
    total += size;
  }
  if (total > MAX_TOTAL_BYTES) {
    throw unscannable(
      `it has ${sizeText(total)} in all, and ${sizeText(MAX_TOTAL_BYTES)} is the most`,
    );
  }
  return total;
}

/** Removes what a daemon that was killed has left. @returns keywords of gitleaks' rules */
async function prepare(program: string, folder: string): Promise<readonly string[]> {
  await Deno.remove(folder, { recursive: true }).catch((error: unknown) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  const bytes = await Deno.readFile(program).catch((error: unknown) => {
    throw unscannable("gitleaks is missing", error);
  });
  return programKeywords(bytes);
}
