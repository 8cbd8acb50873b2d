/** The gate, whole: files, mirrors, the push desk, and the port. */

import type { AppendRows } from "../audit/audit_sender.ts";
import { AuditSender } from "../audit/audit_sender.ts";
import type { AuditRow } from "../../lib/egress/audit/audit_row.ts";
import { PrintScanner } from "../../lib/dlp/print_scanner.ts";
import { BottleError } from "../../lib/errors.ts";
import { GATE_FOLDER, type GitGateConfig, MIRRORS_FOLDER } from "../../lib/git_gate/config.ts";
import { findingLines } from "../../lib/git_gate/findings_text.ts";
import { mirrorFolderName } from "../../lib/git_gate/mirror_folder.ts";
import { gitRowRedactor } from "../../lib/git_gate/redact_row.ts";
import { BareMirror } from "./bare_mirror.ts";
import { writeGateFiles } from "./gate_files.ts";
import { GitRunner } from "./git.ts";
import { listen } from "./listener.ts";
import { sweepMirrors } from "./mirror_files.ts";
import { Places } from "./places.ts";
import { openPushDesk } from "./push/desk.ts";
import { createScanPush } from "./scan/scan_push.ts";

/** Options of {@linkcode startGate}. */
export interface GateOptions {
  readonly config: GitGateConfig;
  readonly append: AppendRows;
  readonly onLog: (line: string) => void;
}

/** A gate that serves. */
export interface Gate {
  /** Stops accepting, ends what is open, and waits a moment for the last rows. */
  close(): Promise<void>;
}

/** Gits that serve at once: each may take tens of MiB, and they share 1 GiB with everything else in the bundle. */
const PLACES = 8;
/** Mirrors that are refreshed at once: six processes each, where the bundle has 256 for all that runs in it. */
const REFRESHES = 12;
/** Rows of pushes may have some 100 KiB each, and a line of the control channel 8 MiB. */
const ROWS_AT_ONCE = 16;
/** How long the ledger may take over the last rows, in milliseconds. */
const ROWS_MS = 1_500;

/** Starts it; resolves when it serves. @throws what the files or the port throw */
export async function startGate({ config, append, onLog }: GateOptions): Promise<Gate> {
  await using undo = new AsyncDisposableStack();
  const files = await writeGateFiles(config, GATE_FOLDER);
  const mirrors = new Map<string, BareMirror>();
  const refreshes = new Places(REFRESHES);
  for (const repo of config.repos) {
    const own = files.get(repo.name);
    if (own === undefined) continue;
    const folder = `${MIRRORS_FOLDER}/${mirrorFolderName(repo)}`;
    mirrors.set(repo.name, new BareMirror({ repo, folder, runner: new GitRunner(own), refreshes }));
  }
  await sweepMirrors(MIRRORS_FOLDER, [...mirrors.values()].map(({ folder }) => folder));
  const secrets = new PrintScanner(config.known_secrets);
  const redact = gitRowRedactor((text) => secrets.holds(text));
  const audit = new AuditSender(append, { batch: ROWS_AT_ONCE, redact });
  undo.defer(() => audit.close(ROWS_MS));
  const ending = new AbortController();
  const pushes = undo.use(
    await openPushDesk({
      scan: createScanPush({ prints: config.known_secrets, folder: `${GATE_FOLDER}/scans` }),
      tellFindings: findingLines,
      audit,
      onBug: (error) => onLog(bugLine(error)),
    }),
  );
  const record = (row: AuditRow): void => {
    const place = audit.reserve();
    if (place === undefined) audit.add(row);
    else place.commit(row);
  };
  const parts = {
    mirrors,
    pushes,
    places: new Places(PLACES),
    busy: new Set<Promise<void>>(),
    record,
    onLog,
  };
  undo.use(listen({ config, parts, ending }));
  const owned = undo.move();
  return { close: () => owned.disposeAsync() };
}

/** Of a bug its kind and place: the message may quote what must not be told. */
function bugLine(error: unknown): string {
  if (error instanceof BottleError) return error.message;
  if (!(error instanceof Error)) return "Unknown error";
  const frames = (error.stack ?? "").split("\n").filter((line) => line.startsWith("    at "));
  return [error.name, ...frames.slice(0, 5).map((frame) => frame.trim())].join(" ");
}
