/** `audit`: the rows of a bottle that runs, or of one whose audit was saved. */

import { findBreak } from "../../lib/audit/chain.ts";
import { parseLedgerRow } from "../../lib/audit/row.ts";
import type { ControlClient } from "../../lib/control/client.ts";
import type { LedgerRow } from "../../lib/egress/audit_row.ts";
import { BottleError } from "../../lib/errors.ts";
import { parseSlug, type Slug } from "../../lib/names.ts";
import { readArchivedAudit } from "../../lib/state/archive.ts";
import type { Services } from "../command.ts";

/** What `audit` is asked for. */
export interface AuditRequest {
  readonly slug: string;
  /** Refused exchanges only. */
  readonly blocked: boolean;
  /** Rows that come later too, until the bottle or the person ends it. */
  readonly follow: boolean;
}

/**
 * The rows, oldest first: from the ledger of a bottle that is there, else from the archive.
 *
 * @throws {BottleError} what the backend says of a bottle that has no archive; `audit-corrupted`
 */
export async function* readAudit(
  services: Services,
  request: AuditRequest,
): AsyncGenerator<LedgerRow, void, void> {
  const slug = parseSlug(request.slug);
  const { signal } = services.context;
  const source = await openSource(services, slug);
  if (source.kind === "rows") {
    for (const row of source.rows) {
      if (!request.blocked || row.row.verdict === "blocked") yield row;
    }
    return;
  }
  await using control = source.control;
  yield* control.audit({
    after: 0,
    limit: 10_000,
    follow: request.follow,
    ...(request.blocked ? { verdict: "blocked" } : {}),
  }, signal);
}

/** Checks the whole chain; undefined: it holds. `rows` is how many there are. */
export async function verifyAudit(
  services: Services,
  slug: string,
): Promise<{ readonly rows: number; readonly problem: string | undefined }> {
  const rows: LedgerRow[] = [];
  for await (const row of readAudit(services, { slug, blocked: false, follow: false })) {
    rows.push(row);
  }
  const broken = findBreak(rows);
  if (broken === undefined) return { rows: rows.length, problem: undefined };
  const problem = broken.why === "gap"
    ? `row ${broken.seq} is missing`
    : `row ${broken.seq} is not what was recorded`;
  return { rows: rows.length, problem };
}

type Source =
  | { readonly kind: "ledger"; readonly control: ControlClient }
  | { readonly kind: "rows"; readonly rows: readonly LedgerRow[] };

async function openSource(services: Services, slug: Slug): Promise<Source> {
  const { home, signal } = services.context;
  const backend = await services.backend();
  try {
    await using undo = new AsyncDisposableStack();
    const control = undo.use(await backend.control(slug, signal));
    // Refused where the bundle was never configured again: then nobody writes, and the volume can be read.
    await control.call("stats", null, { signal });
    undo.move();
    return { kind: "ledger", control };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof BottleError)) throw error;
    if (error.code === "bottle-not-running" || error.code === "control-refused") {
      return { kind: "rows", rows: await backend.storedAudit(slug, signal) };
    }
    const text = await readArchivedAudit(home, slug);
    if (text === undefined) throw error;
    return { kind: "rows", rows: parseArchive(text, slug) };
  }
}

function parseArchive(text: string, slug: Slug): readonly LedgerRow[] {
  return text.split("\n").filter((line) => line !== "").map((line, at) => {
    try {
      return parseLedgerRow(JSON.parse(line));
    } catch (error) {
      throw new BottleError(`Cannot read line ${at + 1} of the archived audit of "${slug}"`, {
        code: "audit-corrupted",
        hint: "The file was changed after it was saved",
        cause: error,
      });
    }
  });
}
