/** Texts of a row as they may be shown, whoever wrote them. */

import { readText, type Shape } from "../control/shape.ts";
import { escapeControl } from "../egress/escape.ts";

/** Longest text of a row, in UTF-16 units: a path has 2,048, escaped at most six times that. */
export const LONGEST_TEXT = 2048 * 6;
/** Longest name in a row: of a method, a route, a mark. */
export const SHORT_TEXT = 1024;

/**
 * The ledger's own escaping: rows of a daemon that was taken over must not trick whoever reads them.
 *
 * @throws {BottleError} `shape-invalid`
 */
export function readShown(from: Shape, key: string, maxLength: number): string {
  const shown = escapeControl(readText(from, key, maxLength));
  return readText({ [key]: shown }, key, maxLength);
}
