/** Field lines, strictly: what RFC 9112 lets a recipient guess at is refused. */

import { malformed, tooLarge } from "./malformed.ts";
import type { HeaderField, HeaderList } from "../message.ts";

const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const CONTROL = /[^\t\x20-\x7e\x80-\xff]/;

/**
 * Parses field lines.
 *
 * @param first index of the first field line in `lines`
 * @throws {BottleError} `http-malformed` for a folded line, a space before the colon, a bare CR, a NUL or another
 * control character; `http-too-large` for more than `maxFields`
 */
export function parseFields(
  lines: readonly string[],
  first: number,
  maxFields: number,
): HeaderList {
  if (lines.length - first > maxFields) throw tooLarge(`More than ${maxFields} headers`);
  const fields: HeaderField[] = [];
  for (let index = first; index < lines.length; index++) {
    fields.push(parseField(lines[index] ?? ""));
  }
  return fields;
}

function parseField(line: string): HeaderField {
  if (line.startsWith(" ") || line.startsWith("\t")) throw malformed("A folded header line");
  const colon = line.indexOf(":");
  if (colon < 0) throw malformed("A header line without a colon");
  const name = line.slice(0, colon);
  if (!isFieldName(name)) {
    const isSpaced = name.endsWith(" ") || name.endsWith("\t");
    throw malformed(
      isSpaced ? "A space before a header's colon" : "A header's name is empty or no token",
    );
  }
  const value = trimBlanks(line, colon + 1);
  if (!isFieldValue(value)) throw malformed("A control character in a header's value");
  return [name, value];
}

/** Whether it is a token of RFC 9110. */
export function isFieldName(text: string): boolean {
  return NAME.test(text);
}

/** Whether it holds no control character but tab, and bytes only. */
export function isFieldValue(text: string): boolean {
  return !CONTROL.test(text);
}

/** Space and tab only: `trim` takes NBSP and others too, which are bytes of the value. */
function trimBlanks(line: string, from: number): string {
  let start = from;
  let end = line.length;
  while (start < end && isBlank(line.charCodeAt(start))) start++;
  while (end > start && isBlank(line.charCodeAt(end - 1))) end--;
  return line.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
