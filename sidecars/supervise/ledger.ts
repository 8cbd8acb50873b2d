/** The ledger: the one writer of a bottle's database. */

import { DatabaseSync, type StatementSync } from "node:sqlite";
import { canonicalJson, type ChainEnd, chainHash, EMPTY_CHAIN } from "../../lib/audit/chain.ts";
import { parseAuditRow } from "../../lib/audit/row.ts";
import type { AuditTailParams, AuditTailResult } from "../../lib/control/protocol.ts";
import type { AuditRow, LedgerRow } from "../../lib/egress/audit/audit_row.ts";
import { BottleError } from "../../lib/errors.ts";

/** Options of {@linkcode openLedger}. */
export interface LedgerOptions {
  /** Path of the database; its folder exists. */
  readonly path: string;
  /**
   * How big the database may get, in bytes. Default 1 GiB: an agent must not be able to fill the host's disk. A full
   * ledger takes no rows, so egress refuses: for good, as no row is ever dropped, and what the agent did can still be
   * read. Egress folds refusals and look-ups, so that a flood of them takes days; what was allowed it never folds.
   */
  readonly maxBytes?: number;
}

/** Rows of one sender, numbered so that a batch which comes twice is written once. */
export interface Batch {
  readonly source: string;
  /** Number of the first row, from 1; undefined: not numbered. */
  readonly first: number | undefined;
  readonly rows: readonly AuditRow[];
}

/** How many rows at the end are checked against their hashes when it is opened: at most some 0.3 s. */
const CHECKED_AT_OPEN = 10_000;
/** What the rows of one answer may take, in UTF-16 units: two thirds of the longest line where each is a byte. */
const ANSWER_SIZE = 2 * 1024 * 1024;
const DEFAULT_LIMIT = 1000;
const MAX_LIMIT = 10_000;
const PAGE_SIZE = 4096;
const SCHEMA_VERSION = 1;

const SCHEMA = `
CREATE TABLE audit (
  seq INTEGER PRIMARY KEY,
  row TEXT NOT NULL,
  hash TEXT NOT NULL,
  verdict TEXT NOT NULL
) STRICT;
CREATE INDEX audit_blocked ON audit (seq) WHERE verdict = 'blocked';
CREATE TABLE source (name TEXT PRIMARY KEY, last INTEGER NOT NULL) STRICT;
PRAGMA user_version = ${SCHEMA_VERSION};
`;

/**
 * Opens or makes the database, and checks the end of its chain.
 *
 * @throws {BottleError} `ledger-broken` if the chain does not hold; `ledger-unusable`
 */
export function openLedger(options: LedgerOptions): Ledger {
  try {
    return new Ledger(options);
  } catch (error) {
    if (error instanceof BottleError) throw error;
    throw new BottleError(`Cannot open the ledger: ${sqliteWord(error)}`, {
      code: "ledger-unusable",
      cause: error,
    });
  }
}

/** An open database. */
export class Ledger implements Disposable {
  readonly #db: DatabaseSync;
  readonly #insert: StatementSync;
  #end: ChainEnd;

  /** Called by {@linkcode openLedger}. */
  constructor({ path, maxBytes = 1024 * 1024 * 1024 }: LedgerOptions) {
    this.#db = new DatabaseSync(path, { timeout: 100 });
    try {
      prepareDatabase(this.#db, maxBytes);
      this.#end = checkedEnd(this.#db);
      this.#insert = this.#db.prepare("INSERT INTO audit VALUES (?, ?, ?, ?)");
    } catch (error) {
      this.#db.close();
      throw error;
    }
  }

  /** The last sequence number; 0 before the first row. */
  get last(): number {
    return this.#end.seq;
  }

  /**
   * Appends all rows or none; they are on disk when it returns.
   *
   * @returns the last sequence number
   * @throws {BottleError} `ledger-unusable`: nothing was written
   */
  append(batch: Batch): number {
    let end = this.#end;
    this.#transaction(() => {
      for (const row of this.#unwritten(batch)) {
        const json = canonicalJson(row);
        end = { seq: end.seq + 1, hash: chainHash(end.hash, json) };
        this.#insert.run(end.seq, json, end.hash, row.verdict);
      }
    });
    this.#end = end;
    return end.seq;
  }

  /** Rows in ascending order. */
  tail(params: Pick<AuditTailParams, "after" | "limit" | "verdict">): AuditTailResult {
    const limit = Math.min(params.limit ?? DEFAULT_LIMIT, MAX_LIMIT);
    const verdict = params.verdict === "blocked" ? "AND verdict = 'blocked'" : "";
    const after = params.after ?? this.#newest(limit, verdict);
    const statement = this.#db.prepare(
      `SELECT seq, row, hash FROM audit WHERE seq > ? ${verdict} ORDER BY seq LIMIT ?`,
    );
    const rows: LedgerRow[] = [];
    let size = 0;
    for (const stored of statement.iterate(after, limit)) {
      size += String(stored.row).length;
      if (size > ANSWER_SIZE && rows.length > 0) return { rows, last: this.last, more: true };
      rows.push(toLedgerRow(stored));
    }
    return { rows, last: this.last, more: false };
  }

  [Symbol.dispose](): void {
    this.#db.close();
  }

  /** Where the newest `limit` rows begin. */
  #newest(limit: number, verdict: string): number {
    const found = this.#db.prepare(
      `SELECT min(seq) AS seq FROM
        (SELECT seq FROM audit WHERE true ${verdict} ORDER BY seq DESC LIMIT ?)`,
    ).get(limit);
    return Number(found?.seq ?? 1) - 1;
  }

  /** Rows that are not here already, with the sender's count moved on. */
  #unwritten({ source, first, rows }: Batch): readonly AuditRow[] {
    if (first === undefined) return rows;
    const found = this.#db.prepare("SELECT last FROM source WHERE name = ?").get(source);
    const last = Number(found?.last ?? 0);
    this.#db.prepare("INSERT OR REPLACE INTO source VALUES (?, ?)")
      .run(source, Math.max(last, first + rows.length - 1));
    return rows.slice(Math.max(0, last - first + 1));
  }

  #transaction(work: () => void): void {
    try {
      this.#db.exec("BEGIN IMMEDIATE");
      work();
      this.#db.exec("COMMIT");
    } catch (error) {
      // A full disk makes SQLite roll back by itself.
      if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
      throw new BottleError(`The ledger cannot write: ${sqliteWord(error)}`, {
        code: "ledger-unusable",
        cause: error,
      });
    }
  }
}

/**
 * A write-ahead log with a sync at every commit: an acknowledged row survives the process and the machine. The
 * exclusive lock keeps any second writer out, and spares the shared-memory file.
 */
function prepareDatabase(db: DatabaseSync, maxBytes: number): void {
  db.exec(`
    PRAGMA locking_mode = EXCLUSIVE;
    PRAGMA page_size = ${PAGE_SIZE};
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA cache_size = -1024;
    PRAGMA max_page_count = ${Math.max(1, Math.floor(maxBytes / PAGE_SIZE))};
  `);
  const version = Number(db.prepare("PRAGMA user_version").get()?.user_version);
  if (version === SCHEMA_VERSION) return;
  if (version !== 0) {
    throw new BottleError(`The ledger has the format ${version}, this version reads 1`, {
      code: "ledger-unusable",
    });
  }
  db.exec(`BEGIN; ${SCHEMA} COMMIT;`);
}

/** @throws {BottleError} `ledger-broken` */
function checkedEnd(db: DatabaseSync): ChainEnd {
  const { rows, last } = db.prepare("SELECT count(*) AS rows, max(seq) AS last FROM audit").get() ??
    {};
  if (Number(rows) !== Number(last ?? 0)) throw broken(Number(rows) + 1, "gap");
  const before = db.prepare("SELECT seq, hash FROM audit WHERE seq = ?")
    .get(Number(last ?? 0) - CHECKED_AT_OPEN);
  const start = before === undefined
    ? EMPTY_CHAIN
    : { seq: Number(before.seq), hash: String(before.hash) };
  let end = start;
  const stored = db.prepare("SELECT seq, row, hash, verdict FROM audit WHERE seq > ? ORDER BY seq");
  for (const found of stored.iterate(start.seq)) {
    const text = String(found.row);
    const seq = end.seq + 1;
    if (found.seq !== seq) throw broken(seq, "gap");
    const hash = chainHash(end.hash, text);
    if (found.hash !== hash || verdictOf(text) !== found.verdict) throw broken(seq, "hash");
    end = { seq, hash };
  }
  return end;
}

/** The verdict in a row's JSON; undefined if it is none of our rows. */
function verdictOf(text: string): string | undefined {
  try {
    const row = parseAuditRow(JSON.parse(text));
    return canonicalJson(row) === text ? row.verdict : undefined;
  } catch {
    return undefined;
  }
}

function toLedgerRow(stored: Record<string, unknown>): LedgerRow {
  return {
    seq: Number(stored.seq),
    row: parseAuditRow(JSON.parse(String(stored.row))),
    hash: String(stored.hash),
  };
}

function broken(seq: number, why: "gap" | "hash"): BottleError {
  const what = why === "gap" ? "is missing" : "does not fit its hash";
  return new BottleError(`The ledger was changed from outside: row ${seq} ${what}`, {
    code: "ledger-broken",
    hint: "Save the volume if you want to find out, then clean the bottle up",
  });
}

/** SQLite's messages name no values. */
function sqliteWord(error: unknown): string {
  return error instanceof Error ? error.message : "unknown error";
}
