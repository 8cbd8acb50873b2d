/** What `git ls-tree -z` prints, parsed from bytes as they come: a hostile tree's list has no end. */

import { BottleError } from "../errors.ts";
import { isOid, type Oid } from "./types.ts";

/** Modes of entries in a tree (git's `fast-import` manual lists them). */
export const Mode = {
  none: "000000",
  folder: "040000",
  link: "120000",
  submodule: "160000",
  executable: "100755",
} as const;

/** A path as git's bytes have it. */
export interface TreePath {
  /** As UTF-8; what isn't UTF-8 is U+FFFD. */
  readonly path: string;
  readonly isUtf8: boolean;
}

/** An entry of a tree. */
export interface TreeEntry extends TreePath {
  /** Six octal digits. */
  readonly mode: string;
  readonly oid: Oid;
}

/** An entry that differs between two trees. `mode` and `oid` are the new ones. */
export interface TreeChange extends TreeEntry {
  /** {@linkcode Mode.none}: it is new. */
  readonly oldMode: string;
}

/** More bytes than any path may have: an end must come before. */
const MAX_FIELD_BYTES = 64 * 1024;

/** Fields between NULs. @throws {BottleError} `work-unreadable` for a field without an end */
export async function* nulFields(
  stream: ReadableStream<Uint8Array>,
): AsyncGenerator<Uint8Array, void, void> {
  let rest = new Uint8Array();
  for await (const chunk of stream) {
    let from = 0;
    for (let end = chunk.indexOf(0); end !== -1; end = chunk.indexOf(0, from)) {
      yield joined(rest, chunk.subarray(from, end));
      rest = new Uint8Array();
      from = end + 1;
    }
    rest = joined(rest, chunk.subarray(from));
    if (rest.length > MAX_FIELD_BYTES) throw unreadable("a path without an end");
  }
  if (rest.length > 0) throw unreadable("a list that breaks off");
}

const ENTRY = /^(\d{6}) [a-z]+ ([0-9a-f]+)\t/;

/** Parses `git ls-tree -r -t -z`. @throws {BottleError} `work-unreadable` */
export async function* parseTree(
  stream: ReadableStream<Uint8Array>,
): AsyncGenerator<TreeEntry, void, void> {
  for await (const field of nulFields(stream)) {
    const tab = field.indexOf(9);
    const [whole, mode = "", oid = ""] = ENTRY.exec(asTreePath(field.subarray(0, tab + 1)).path) ??
      [];
    if (whole === undefined) throw unreadable("an entry that it does not describe");
    yield { mode, oid: toOid(oid), ...asTreePath(field.subarray(tab + 1)) };
  }
}

/** Whether an entry is a symbolic link. */
export function isLink(entry: { readonly mode: string }): boolean {
  return entry.mode === Mode.link;
}

/** The error for what git itself would not say of an honest repository. */
export function unreadable(what: string): BottleError {
  return new BottleError(`The agent's work can't be read: it holds ${what}`, {
    code: "work-unreadable",
    hint: "Look at it in the bottle, with `bot-bottle exec`",
  });
}

function toOid(text: string): Oid {
  if (!isOid(text)) throw unreadable("an object without a name");
  return text;
}

/** A path, or a part of one, from git's bytes. */
export function asTreePath(bytes: Uint8Array): TreePath {
  try {
    return {
      path: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes),
      isUtf8: true,
    };
  } catch {
    return { path: new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes), isUtf8: false };
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
