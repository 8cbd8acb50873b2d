/** Refusals as audit rows: each is told, a flood of them is counted. What went out is never folded. */

import type { AuditRow } from "./audit_row.ts";

/** A refusal is folded with its like for so long. */
export const FOLD_WINDOW_MS = 60_000;
/**
 * So many rows a flood of different refusals gets at once. Each that is told costs two: its own, and the one that may
 * count its repeats.
 */
export const FOLD_BURST = 1_000;
/**
 * And so many a minute after that. With the longest paths, some 3 KiB a row, a ledger of 1 GiB takes an agent that does
 * nothing but be refused days to fill; it took minutes.
 */
export const FOLD_ROWS_PER_MINUTE = 20;
/** So many hosts are named of those that are only counted. */
const NAMED_HOSTS = 8;

interface Fold {
  /** Window's begin, by the caller's clock. */
  readonly opened: number;
  /** The first that was counted; of a wide fold without its place. */
  first: AuditRow | undefined;
  count: number;
  lastTime: string;
  /** Of a wide fold: some of the hosts. Undefined: all in it are alike. */
  readonly hosts: Set<string> | undefined;
}

/**
 * Folds refusals. Of those alike (kind, method, host, port, path without its query, reason, detail, route, marks,
 * push) the first becomes a row at once; its repeats within a window are counted, and become one row when it is over. When too
 * many different ones come, the rest are counted by their reason. So what is held is bounded by {@linkcode FOLD_BURST}.
 *
 * @example
 * ```ts
 * import { RefusalFold } from "./refusal_fold.ts";
 * const row = {
 *   time: "2026-01-02T03:04:05.678Z", kind: "connect", method: "CONNECT", scheme: "https", host: "a.example.com",
 *   port: 443, path: "", verdict: "blocked", reason: "host-not-allowed", status: 403, bytes_up: 0, bytes_down: 0,
 *   duration_ms: 1,
 * } as const;
 * const fold = new RefusalFold();
 * if (fold.take(row, 0) !== row || fold.take(row, 1) !== undefined) throw new Error("not folded");
 * ```
 */
export class RefusalFold {
  /** In the order in which their windows began. */
  readonly #folds = new Map<string, Fold>();
  #budget = FOLD_BURST;
  #refilled: number | undefined;
  #waiting = 0;

  /** Whether something was counted that no row tells yet. */
  get isWaiting(): boolean {
    return this.#waiting > 0;
  }

  /** Windows that are held: at most half of {@linkcode FOLD_BURST}, what a window's time pays for, and one a reason. */
  get held(): number {
    return this.#folds.size;
  }

  /**
   * Takes a row; gives it back if it is to be written now, undefined if it was counted.
   *
   * @param now milliseconds of a clock that is never set back
   */
  take(row: AuditRow, now: number): AuditRow | undefined {
    if (!isFoldable(row)) return row;
    this.#forget(now);
    const key = keyOf(row);
    const open = this.#folds.get(key);
    if (open !== undefined && (open.count > 0 || now - open.opened < FOLD_WINDOW_MS)) {
      this.#count(open, row);
      return undefined;
    }
    this.#folds.delete(key);
    if (isOwnAnswer(row) || this.#spend(now)) {
      this.#folds.set(key, emptyFold(now, undefined));
      return row;
    }
    this.#count(this.#wideFold(row, now), row);
    return undefined;
  }

  /** The next row that counts; undefined: none is due. @param isLast all are due */
  due(now: number, isLast = false): AuditRow | undefined {
    for (const [key, fold] of this.#folds) {
      if (!isLast && now - fold.opened < FOLD_WINDOW_MS) return undefined;
      this.#folds.delete(key);
      const row = summary(fold);
      if (row === undefined) continue;
      this.#waiting--;
      return row;
    }
    return undefined;
  }

  /** Windows that are over and counted nothing. */
  #forget(now: number): void {
    for (const [key, { count, opened }] of this.#folds) {
      if (count > 0 || now - opened < FOLD_WINDOW_MS) return;
      this.#folds.delete(key);
    }
  }

  #count(fold: Fold, row: AuditRow): void {
    if (fold.count === 0) this.#waiting++;
    fold.first ??= row;
    fold.count++;
    fold.lastTime = row.time;
    if (fold.hosts !== undefined && fold.hosts.size < NAMED_HOSTS && row.host !== "") {
      fold.hosts.add(row.host);
    }
  }

  #wideFold(row: AuditRow, now: number): Fold {
    const key = JSON.stringify([row.kind, row.reason]);
    const open = this.#folds.get(key) ?? emptyFold(now, new Set());
    this.#folds.set(key, open);
    return open;
  }

  #spend(now: number): boolean {
    const elapsed = now - (this.#refilled ?? now);
    this.#refilled = now;
    this.#budget = Math.min(FOLD_BURST, this.#budget + elapsed * FOLD_ROWS_PER_MINUTE / 60_000);
    if (this.#budget < 2) return false;
    this.#budget -= 2;
    return true;
  }
}

/** Answered by egress itself, without a host: the list of routes. */
function isOwnAnswer(row: AuditRow): boolean {
  return row.verdict === "allowed" && row.host === "";
}

/** Whether nothing of it passed, either way, and no more than one refusal is in it. */
function isFoldable(row: AuditRow): boolean {
  // A fetch that came to nothing: git tries again as often as it is told to.
  if (row.kind === "git" && row.method === "fetch" && row.verdict !== "allowed") {
    return row.count === undefined;
  }
  return (row.verdict === "blocked" || isOwnAnswer(row)) &&
    (row.kind === "http" || row.kind === "connect" || row.kind === "git") &&
    row.bytes_up === 0 && row.bytes_down === 0 && row.credential === undefined &&
    row.count === undefined && !(row.marks ?? []).includes("sent-in-part");
}

function keyOf(row: AuditRow): string {
  const { kind, method, scheme, host, port, path, reason, detail, route, marks, push } = row;
  const [place] = path.split("?", 1);
  return JSON.stringify(
    [kind, method, scheme, host, port, place, reason, detail, route, marks, push],
  );
}

function emptyFold(opened: number, hosts: Set<string> | undefined): Fold {
  return { opened, first: undefined, count: 0, lastTime: "", hosts };
}

function summary({ first, count, lastTime, hosts }: Fold): AuditRow | undefined {
  if (first === undefined) return undefined;
  const counted = count === 1 ? {} : { count, last_time: lastTime };
  if (hosts === undefined) return { ...first, ...counted };
  const { time, kind, verdict, reason, status } = first;
  return {
    time,
    kind,
    method: "",
    scheme: "",
    host: "",
    port: 0,
    path: "",
    verdict,
    ...(reason === undefined ? {} : { reason }),
    detail: `Too many different refusals to tell each; hosts among them: ${
      [...hosts].join(", ") || "none was understood"
    }`,
    ...counted,
    status,
    bytes_up: 0,
    bytes_down: 0,
    duration_ms: 0,
  };
}
