/** The folder `archive/` of a home: what stays of a bottle that is gone, `<slug>/{session.json,audit.jsonl}`. */

import { join } from "node:path";
import type { LedgerRow } from "../egress/audit/audit_row.ts";
import type { Slug } from "../names.ts";
import { writeFileAtomically, writePiecesAtomically } from "./atomic_file.ts";

/** `session.json`. */
export interface ArchivedSession {
  readonly slug: Slug;
  readonly agent: string;
  readonly bottle: string | null;
  readonly label: string | null;
  readonly version: string;
  /** RFC 3339; null: nobody remembered. */
  readonly created_at: string | null;
  /** RFC 3339. */
  readonly archived_at: string;
  readonly exit_code: number | null;
  readonly by: "agent" | "bot-bottle" | null;
  /** Rows in `audit.jsonl`. */
  readonly rows: number;
}

/** Rows, one after the other. */
export type Rows = Iterable<LedgerRow> | AsyncIterable<LedgerRow>;

/**
 * Writes a bottle's archive over an older one; both files are their owner's only. Rows are written as they come, so that
 * many take little memory; an error of theirs leaves the older archive.
 *
 * @param session but for the number of rows, which is counted
 * @returns the folder
 */
export async function writeArchive(
  home: string,
  session: Omit<ArchivedSession, "rows">,
  rows: Rows,
): Promise<string> {
  const folder = join(home, "archive", session.slug);
  const count = { rows: 0 };
  await writePiecesAtomically(join(folder, "audit.jsonl"), linesOf(rows, count));
  const written: ArchivedSession = { ...session, ...count };
  await writeFileAtomically(
    join(folder, "session.json"),
    `${JSON.stringify(written, null, 2)}\n`,
  );
  return folder;
}

/** Many lines make one write. */
const PIECE = 64 * 1024;

async function* linesOf(rows: Rows, count: { rows: number }): AsyncGenerator<string, void, void> {
  let piece = "";
  for await (const row of rows) {
    count.rows++;
    piece += `${JSON.stringify(row)}\n`;
    if (piece.length < PIECE) continue;
    yield piece;
    piece = "";
  }
  yield piece;
}

/** An archived audit that was opened. */
export interface ArchivedAudit {
  /** A ledger row a line. Whoever opened it reads it to its end, or cancels it. */
  readonly stream: ReadableStream<Uint8Array>;
  /** How many rows there were when it was written; 0: nobody knows. */
  readonly rows: number;
}

/** Opens an archived audit; undefined if there is none. */
export async function openArchivedAudit(
  home: string,
  slug: Slug,
): Promise<ArchivedAudit | undefined> {
  const folder = join(home, "archive", slug);
  try {
    const file = await Deno.open(join(folder, "audit.jsonl"));
    return { stream: file.readable, rows: await readRowCount(join(folder, "session.json")) };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Written after the rows: one of another export, or none, says nothing about them. */
async function readRowCount(path: string): Promise<number> {
  try {
    const session: unknown = JSON.parse(await Deno.readTextFile(path));
    if (typeof session !== "object" || session === null || !("rows" in session)) return 0;
    return typeof session.rows === "number" && Number.isSafeInteger(session.rows)
      ? session.rows
      : 0;
  } catch {
    return 0;
  }
}
