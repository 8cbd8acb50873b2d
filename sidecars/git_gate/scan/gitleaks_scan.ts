/** Looks through texts with gitleaks, batch after batch. */

import type { Finding, ScanPart, TextScan } from "../../../lib/dlp/scanner.ts";
import { type Fragment, FRAGMENT_BYTES, splitText } from "./fragments.ts";
import { runGitleaks } from "./gitleaks_program.ts";
import { readCutReport, readReport, type ReportedFinding } from "./gitleaks_report.ts";
import { CANARY_RULE, gitleaksConfig, ownKeywords } from "./gitleaks_rules.ts";
import { KeywordFinder } from "./keyword_finder.ts";
import { asUtf16, hasAllowComment, withoutAllowComments, withoutNuls } from "./neutral_bytes.ts";
import { type PieceSource, ScanFile } from "./scan_file.ts";
import { unscannable } from "./unscannable.ts";

/** Files are on tmpfs, which is memory; while one batch is looked through the next is made. */
const BATCH_BYTES = 4 * 1024 ** 2;
/** A batch takes a second on a quiet machine. */
const RUN_MS = 120_000;
/** After so many findings nothing more is looked for: the push is refused anyway, by them or as it is not looked through. */
const ENOUGH = 1_000;

/** Options of {@linkcode GitleaksScan}. */
export interface GitleaksScanOptions {
  /** Path of the program. */
  readonly program: string;
  /** Keywords of the program's rules. */
  readonly keywords: readonly string[];
  /** A new folder's path, on tmpfs. */
  readonly folder: string;
  /** How long one run of the program may take, in milliseconds; default two minutes. */
  readonly runMs?: number;
  /** Bytes of files for one run; default 4 MiB. */
  readonly batchBytes?: number;
  readonly signal: AbortSignal;
}

/** Where one finding is, for telling whether two are the same. */
type Place = `${number}:${number}:${string}`;

/** One scan. */
export class GitleaksScan implements TextScan {
  readonly #options: GitleaksScanOptions;
  readonly #canary = `zq${crypto.randomUUID().replaceAll("-", "")}`;
  readonly #keywords: KeywordFinder;
  readonly #found = new Map<Place, Finding>();
  readonly #foundAsWritten = new Set<Place>();
  #file: ScanFile | undefined;
  #files: ScanFile[] = [];
  #bytes = 0;
  #batch = 0;
  #isWhole = true;
  #running: Promise<void> = Promise.resolve();

  /** Makes nothing yet. */
  constructor(options: GitleaksScanOptions) {
    this.#options = options;
    this.#keywords = new KeywordFinder([...new Set([...options.keywords, ...ownKeywords])]);
  }

  /** Whether all of it was looked through: behind too many findings the rest is not. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  async add({ id, bytes }: ScanPart): Promise<void> {
    const { batchBytes = BATCH_BYTES } = this.#options;
    for (const fragment of splitText(bytes)) {
      if (this.#found.size >= ENOUGH) {
        this.#isWhole = false;
        return;
      }
      this.#addFragment(id, fragment);
      if (this.#bytes >= batchBytes) await this.#flush();
    }
  }

  async finish(): Promise<readonly Finding[]> {
    await this.#flush();
    await this.#running;
    return [...this.#found].map(([place, finding]) => {
      if (!finding.isAllowedByComment) return finding;
      return { ...finding, isAllowedByComment: !this.#foundAsWritten.has(place) };
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#running.catch(() => {});
    await Deno.remove(this.#options.folder, { recursive: true }).catch(ignoreMissing);
  }

  /** Once without allow comments, and where there are such once more with them: what only the first finds they hide. */
  #addFragment(part: number, fragment: Fragment): void {
    for (const bytes of [withoutNuls(fragment.bytes), asUtf16(fragment.bytes)]) {
      if (bytes === undefined) continue;
      const piece = { ...fragment, bytes };
      if (!hasAllowComment(bytes)) {
        this.#addPiece(piece, { part, isAsWritten: false, hasAllowComment: false });
        continue;
      }
      const neutral = { ...fragment, bytes: withoutAllowComments(bytes) };
      this.#addPiece(neutral, { part, isAsWritten: false, hasAllowComment: true });
      this.#addPiece(piece, { part, isAsWritten: true, hasAllowComment: true });
    }
  }

  #addPiece(piece: Fragment, source: PieceSource): void {
    const before = this.#file?.size ?? 0;
    this.#file ??= new ScanFile(this.#canary);
    this.#file.add(piece, source);
    this.#bytes += this.#file.size - before;
    if (this.#file.size < FRAGMENT_BYTES) return;
    this.#files.push(this.#file);
    this.#file = undefined;
  }

  /** Returns when the batch before is through: two are there at a time. */
  async #flush(): Promise<void> {
    const files = this.#file === undefined ? this.#files : [...this.#files, this.#file];
    [this.#file, this.#files, this.#bytes] = [undefined, [], 0];
    await this.#running;
    if (files.length === 0) return;
    const running = this.#scan(files, this.#batch++);
    this.#running = running;
    running.catch(() => {});
  }

  async #scan(files: readonly ScanFile[], batch: number): Promise<void> {
    const { program, folder, signal, runMs = RUN_MS } = this.#options;
    const source = `${folder}/${batch}`;
    const config = `${folder}/rules.toml`;
    try {
      await Deno.mkdir(source, { recursive: true, mode: 0o700 });
      await Deno.writeTextFile(config, gitleaksConfig(this.#canary), { mode: 0o600 });
      for (const [index, file] of files.entries()) {
        signal.throwIfAborted();
        await Deno.writeFile(`${source}/${index}`, file.bytes((b) => this.#keywords.find(b)));
      }
    } catch (error) {
      signal.throwIfAborted();
      throw unscannable("its texts could not be written for gitleaks", error);
    }
    const report = await runGitleaks({ program, source, config, limitMs: runMs, signal });
    await Deno.remove(source, { recursive: true }).catch(ignoreMissing);
    if (report.isCut) this.#takeCut(files, readCutReport(report.bytes));
    else this.#take(files, readReport(report.bytes));
  }

  /** So many findings that the rest does not matter, if they are any. */
  #takeCut(files: readonly ScanFile[], report: readonly ReportedFinding[]): void {
    this.#takeFindings(files, report);
    this.#isWhole = false;
    if (this.#found.size === 0) throw unscannable("gitleaks finds more than it can tell");
  }

  #take(files: readonly ScanFile[], report: readonly ReportedFinding[]): void {
    const canaries = this.#takeFindings(files, report);
    const isRead = (file: ScanFile, index: number): boolean =>
      canaries.has(`${index}:1`) && canaries.has(`${index}:${file.lastLine}`);
    if (!files.every(isRead)) throw unscannable("gitleaks has not read all of it");
  }

  /** @returns file and line of each canary */
  #takeFindings(
    files: readonly ScanFile[],
    report: readonly ReportedFinding[],
  ): ReadonlySet<string> {
    const canaries = new Set<string>();
    for (const found of report) {
      const file = files[Number(found.file)];
      if (file === undefined) throw unscannable("gitleaks names a file that it was not given");
      if (found.rule === CANARY_RULE) canaries.add(`${found.file}:${found.line}`);
      else this.#place(file, found);
    }
    return canaries;
  }

  #place(file: ScanFile, { rule, what, line, endLine }: ReportedFinding): void {
    const origin = file.origin(line);
    if (origin === undefined) return;
    const { part, isAsWritten, hasAllowComment } = origin.source;
    const place: Place = `${part}:${origin.line}:${rule}`;
    if (isAsWritten) {
      this.#foundAsWritten.add(place);
      return;
    }
    const known = this.#found.get(place);
    this.#found.set(place, {
      part,
      rule,
      what,
      line: origin.line,
      endLine: Math.max(known?.endLine ?? 0, origin.line + endLine - line),
      isAllowedByComment: hasAllowComment && known?.isAllowedByComment !== false,
    });
  }
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
