/** A commit or a tag, taken apart into what can hold a secret. */

import { Buffer } from "node:buffer";

/** Some of it. */
export interface HeaderText {
  /** Who made it, what it says, or any other field. */
  readonly kind: "identity" | "message" | "object";
  /** `author`, `gpgsig`, `message`: a field's name. */
  readonly field: string;
  readonly bytes: Uint8Array;
}

/** What git reads of a commit first, and has checked: ids of objects that are there. Further down such a line is any text. */
const LINKS = /^tree (?:[0-9a-f]{40}|[0-9a-f]{64})\n(?:parent (?:[0-9a-f]{40}|[0-9a-f]{64})\n)*/;
const IDENTITIES: ReadonlySet<string> = new Set(["author", "committer", "tagger"]);
const PLAIN_NAME = /^[a-z][a-z0-9-]{0,30}$/;

/**
 * The fields of a commit, and its message, whatever it is encoded in. A field that goes on, as a signature does, is one text.
 * An unknown field's text has its name too, as anything may stand there.
 */
export function commitTexts(content: Uint8Array): readonly HeaderText[] {
  const text = Buffer.from(content.buffer, content.byteOffset, content.length);
  const gap = text.indexOf("\n\n");
  const head = gap === -1 ? text : text.subarray(0, gap);
  const message = gap === -1 ? new Uint8Array() : text.subarray(gap + 2);
  const said = head.toString("latin1").replace(LINKS, "");
  const fields = said === "" ? [] : said.split(/\n(?! )/).map((line) => headerText(line));
  return [...fields, { kind: "message", field: "message", bytes: message }];
}

function headerText(line: string): HeaderText {
  const name = line.split(" ", 1)[0] ?? "";
  const bytes = Buffer.from(line, "latin1");
  const kind = IDENTITIES.has(name) ? "identity" : "object";
  return { kind, field: PLAIN_NAME.test(name) ? name : "an unknown field", bytes };
}
