/** A request in words of the command line. */

import type { HeaderField } from "../lib/egress/message.ts";
import { badUsage } from "./usage.ts";

/** `-H 'name: value'`, repeatable: the parser's collecting function. @throws {BottleError} `usage` */
export function collectFields(text: string, before: readonly HeaderField[] = []): HeaderField[] {
  const [, name, value = ""] = /^([^:\s]+):[ \t]*(.*)$/s.exec(text) ?? [];
  if (name !== undefined) return [...before, [name, value]];
  // Not as it was written: it may hold a credential, and errors end in logs.
  throw badUsage(
    "Not a header field: a name and a colon come first",
    "Write -H 'accept: application/json'",
  );
}

/** Methods are case-sensitive, and egress takes no other letters. @throws {BottleError} `usage` */
export function parseMethod(text: string): string {
  if (/^[A-Z][A-Z-]{0,31}$/.test(text)) return text;
  throw badUsage(
    `Not a method: "${text}"`,
    `Methods are in upper case: bot-bottle policy test <agent> ${
      /^[a-z-]+$/.test(text) ? text.toUpperCase() : "GET"
    } <url>`,
  );
}
