/** Starting gitleaks over a folder of files. */

import { concatBytes } from "../../../lib/concat_bytes.ts";
import { startStreamed, TIMED_OUT } from "../../../lib/process/streamed.ts";
import { unscannable } from "./unscannable.ts";

/** In the bundle's image. */
export const GITLEAKS = "/usr/bin/gitleaks";

/** Exit code for findings, of our choosing: gitleaks uses 1 for errors and for findings alike. */
const FOUND = 42;
/** Of the report: some twenty thousand findings. What comes behind is not needed. */
const MAX_REPORT = 8 * 1024 ** 2;
/** Memory for its data, at most, and what its heap stays under where it can. */
const DATA_BYTES = 512 * 1024 ** 2;
const HEAP = "160MiB";

/** Options of {@linkcode runGitleaks}. */
export interface GitleaksOptions {
  /** Path of the program. */
  readonly program: string;
  /** The folder with the files, and nothing else in it. */
  readonly source: string;
  /** Path of the configuration, outside of the folder. */
  readonly config: string;
  /** It is ended after this time, in milliseconds. */
  readonly limitMs: number;
  readonly signal: AbortSignal;
}

/** What it reports. */
export interface GitleaksReport {
  readonly bytes: Uint8Array;
  /** There is more: it was ended. */
  readonly isCut: boolean;
}

/**
 * Runs it once. There has to be a finding in the files: it is an error if there is none.
 *
 * @throws {BottleError} `scan-failed`: it is not there, crashed, took too long, or found nothing; the signal's reason
 */
export async function runGitleaks(options: GitleaksOptions): Promise<GitleaksReport> {
  const { program, source, config, limitMs, signal } = options;
  const argv = [
    ...[program, "detect", "--no-git", "--source", source, "--config", config, "--no-banner"],
    ...["--log-level", "error", "--exit-code", `${FOUND}`],
    ...["--report-format", "json", "--report-path", "/dev/stdout"],
  ];
  await using running = startStreamed(argv, {
    env: { PATH: "/usr/bin:/bin", HOME: "/nonexistent", GOMEMLIMIT: HEAP },
    cwd: source,
    limitMs,
    dataBytes: DATA_BYTES,
    signal,
  });
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of running.stdout) {
    pieces.push(piece);
    size += piece.length;
    if (size > MAX_REPORT) return { bytes: concatBytes(pieces), isCut: true };
  }
  const { code } = await running.ended;
  signal.throwIfAborted();
  if (code === TIMED_OUT) throw unscannable("gitleaks took too long");
  if (code !== FOUND) throw unscannable(`gitleaks ended with exit code ${code}`);
  return { bytes: concatBytes(pieces), isCut: false };
}
