/** Rows out of the lines of a file. */

import type { FileLine } from "../../lib/audit/file_lines.ts";
import { parseLedgerRow } from "../../lib/audit/row.ts";
import type { LedgerRow } from "../../lib/egress/audit/audit_row.ts";
import { BottleError } from "../../lib/errors.ts";

/** @param name what errors call the file. @throws {BottleError} `audit-corrupted` */
export async function* parseSaved(
  lines: AsyncIterable<FileLine>,
  name: string,
): AsyncGenerator<LedgerRow, void, void> {
  for await (const { number, text } of lines) {
    if (text === "") continue;
    try {
      yield parseLedgerRow(JSON.parse(text ?? ""));
    } catch (cause) {
      throw new BottleError(`Cannot read line ${number} of ${name}`, {
        code: "audit-corrupted",
        hint: "It was changed after it was saved, or is no audit: --verify tells more",
        cause,
      });
    }
  }
}
