/** Where the rows of an audit are. */

import { resolve } from "node:path";
import { type FileLine, readFileLines } from "../../lib/audit/file_lines.ts";
import type { ControlClient } from "../../lib/control/client.ts";
import type { LedgerRow } from "../../lib/egress/audit/audit_row.ts";
import { BottleError } from "../../lib/errors.ts";
import { parseSlug, type Slug } from "../../lib/names.ts";
import { openArchivedAudit } from "../../lib/state/archive.ts";
import type { Services } from "../command.ts";

/** What the person named: a bottle, running or gone, or a file that an audit was saved to; `-` is stdin. */
export type AuditPlace =
  | { readonly kind: "bottle"; readonly slug: string }
  | { readonly kind: "file"; readonly path: string };

/** An open audit. */
export type AuditSource =
  & AsyncDisposable
  & (
    | {
      readonly kind: "ledger";
      readonly control: ControlClient;
      /** Number of the last row there was when it was opened. */
      readonly last: number;
    }
    | { readonly kind: "rows"; readonly rows: AsyncIterable<LedgerRow>; readonly last: 0 }
    | {
      readonly kind: "lines";
      readonly lines: AsyncIterable<FileLine>;
      /** What errors call it. */
      readonly name: string;
      /** How many rows there were when it was saved; 0: nobody knows. */
      readonly last: number;
    }
  );

/** @throws {BottleError} what the backend says of a bottle that has no archive; `audit-unreadable` */
export async function openAudit(services: Services, place: AuditPlace): Promise<AuditSource> {
  if (place.kind === "file") return await openFile(services, place.path);
  const slug = parseSlug(place.slug);
  const { home, signal } = services.context;
  const backend = await services.backend();
  try {
    await using undo = new AsyncDisposableStack();
    const control = undo.use(await backend.control(slug, signal));
    // Refused where the bundle was never configured again: then nobody writes, and the volume can be read.
    const { rows } = await control.call("stats", null, { signal });
    const held = undo.move();
    return {
      kind: "ledger",
      control,
      last: rows,
      [Symbol.asyncDispose]: () => held.disposeAsync(),
    };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof BottleError)) throw error;
    if (error.code === "bottle-not-running" || error.code === "control-refused") {
      return { kind: "rows", rows: backend.storedAudit(slug, signal), last: 0, ...nothingOpen };
    }
    return await openArchive(home, slug) ?? rethrow(error);
  }
}

const nothingOpen: AsyncDisposable = { [Symbol.asyncDispose]: () => Promise.resolve() };

async function openArchive(home: string, slug: Slug): Promise<AuditSource | undefined> {
  const archived = await openArchivedAudit(home, slug);
  if (archived === undefined) return undefined;
  const { stream, rows: last } = archived;
  return linesOf(stream, `the archived audit of "${slug}"`, last);
}

async function openFile(services: Services, path: string): Promise<AuditSource> {
  if (path === "-") return linesOf(services.input(), "stdin", 0);
  try {
    const file = await Deno.open(resolve(services.context.cwd, path));
    if ((await file.stat()).isDirectory) {
      file.close();
      throw new BottleError(`"${path}" is a folder`, {
        code: "audit-unreadable",
        hint: `Name the file in it: audit.jsonl`,
      });
    }
    return linesOf(file.readable, `"${path}"`, 0);
  } catch (cause) {
    if (cause instanceof BottleError) throw cause;
    throw new BottleError(`Cannot read "${path}"`, {
      code: "audit-unreadable",
      hint: "Name a file that `audit --json` wrote, or the audit.jsonl of an archive",
      cause,
    });
  }
}

function linesOf(stream: ReadableStream<Uint8Array>, name: string, last: number): AuditSource {
  const lines = readFileLines(stream);
  return {
    kind: "lines",
    lines,
    name,
    last,
    [Symbol.asyncDispose]: async () => {
      await lines.return();
      // Never begun, its end does not reach the stream.
      if (!stream.locked) await stream.cancel();
    },
  };
}

function rethrow(error: unknown): never {
  throw error;
}
