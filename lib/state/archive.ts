/** The folder `archive/` of a home: what stays of a bottle that is gone, `<slug>/{session.json,audit.jsonl}`. */

import { join } from "node:path";
import type { LedgerRow } from "../egress/audit_row.ts";
import type { Slug } from "../names.ts";
import { writeFileAtomically } from "./atomic_file.ts";

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

/** Writes a bottle's archive over an older one; both files are their owner's only. Returns the folder. */
export async function writeArchive(
  home: string,
  session: ArchivedSession,
  rows: readonly LedgerRow[],
): Promise<string> {
  const folder = join(home, "archive", session.slug);
  const lines = rows.map((row) => `${JSON.stringify(row)}\n`).join("");
  await writeFileAtomically(join(folder, "audit.jsonl"), lines);
  await writeFileAtomically(
    join(folder, "session.json"),
    `${JSON.stringify(session, null, 2)}\n`,
  );
  return folder;
}

/** The text of an archived audit, a ledger row a line; undefined if there is none. */
export async function readArchivedAudit(home: string, slug: Slug): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(join(home, "archive", slug, "audit.jsonl"));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
