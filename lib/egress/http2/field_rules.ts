/** What the fields of any HTTP/2 message must be (RFC 9113, 8.2), more strictly where HTTP/1.1 would have to write them. */

import { isFieldValue } from "../http1/fields.ts";
import { malformed } from "../http1/malformed.ts";
import type { HeaderField, HeaderList } from "../message.ts";

/** A token of RFC 9110 without upper-case letters. */
const NAME = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;

/** They speak of a connection that HTTP/2 doesn't have (RFC 9113, 8.2.2). */
const OF_A_CONNECTION: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "upgrade",
]);

/** The parts of a message that stand in pseudo fields, and its fields. */
export interface SplitFields {
  /** By name, without the colon. */
  readonly pseudo: ReadonlyMap<string, string>;
  /** Names in lower case; crumbs of a cookie are one field. */
  readonly fields: HeaderField[];
}

/**
 * Checks a head's fields and splits them.
 *
 * @param known the pseudo fields that there may be, without the colon
 * @throws {BottleError} `http-malformed`
 */
export function splitFields(list: HeaderList, known: ReadonlySet<string>): SplitFields {
  const pseudo = new Map<string, string>();
  const fields: HeaderField[] = [];
  for (const field of list) {
    const [name, value] = field;
    if (!name.startsWith(":")) {
      checkField(name, value);
      fields.push(field);
      continue;
    }
    const key = name.slice(1);
    if (fields.length > 0) throw malformed("A pseudo field behind a field");
    if (!known.has(key)) throw malformed("A pseudo field that is not defined here");
    if (pseudo.has(key)) throw malformed("A pseudo field that stands twice");
    checkValue(value);
    pseudo.set(key, value);
  }
  return { pseudo, fields: joinCookies(fields) };
}

/** Checks the fields of a trailer section, which has no pseudo fields. @throws {BottleError} `http-malformed` */
export function checkTrailers(list: HeaderList): HeaderList {
  for (const [name, value] of list) checkField(name, value);
  return list;
}

/** Fields as HTTP/2 writes them: names in lower case, none of a connection. @throws {BottleError} `http-malformed` */
export function writableFields(list: HeaderList, omitted: ReadonlySet<string>): HeaderField[] {
  const written: HeaderField[] = [];
  for (const field of list) {
    const name = field[0].toLowerCase();
    if (OF_A_CONNECTION.has(name) || omitted.has(name)) continue;
    if (!NAME.test(name) || !isFieldValue(field[1])) {
      throw malformed(`The header ${JSON.stringify(name)} cannot be written`);
    }
    written.push(name === field[0] ? field : [name, field[1]]);
  }
  return written;
}

function checkField(name: string, value: string): void {
  if (!NAME.test(name)) {
    throw malformed("A header's name is empty, has an upper-case letter, or is no token");
  }
  if (OF_A_CONNECTION.has(name)) throw malformed(`A field of HTTP/1.1's connections, "${name}"`);
  if (name === "te" && value !== "trailers") throw malformed('A "te" other than "trailers"');
  checkValue(value);
}

function checkValue(value: string): void {
  if (!isFieldValue(value)) throw malformed("A control character in a header's value");
  if (isBlank(value.charCodeAt(0)) || isBlank(value.charCodeAt(value.length - 1))) {
    throw malformed("A blank around a header's value");
  }
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/** RFC 9113, 8.2.3: HTTP/1.1 knows one cookie field, and so do those who look for credentials in it. */
function joinCookies(fields: HeaderField[]): HeaderField[] {
  const crumbs = fields.filter(([name]) => name === "cookie").map(([, value]) => value);
  if (crumbs.length < 2) return fields;
  let isPlaced = false;
  return fields.flatMap((field): HeaderField[] => {
    if (field[0] !== "cookie") return [field];
    if (isPlaced) return [];
    isPlaced = true;
    return [["cookie", crumbs.join("; ")]];
  });
}
