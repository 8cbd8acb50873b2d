/** The head of a CGI program's answer (RFC 3875, 6.2), which comes in pieces. */

import { concatBytes } from "../concat_bytes.ts";

/** A head that is whole. */
export interface CgiHead {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: readonly (readonly [string, string])[];
  /** What came behind it in the same piece. */
  readonly rest: Uint8Array;
}

const MAX_BYTES = 16 * 1024;
const LF = 0x0a;
const CR = 0x0d;

/** Takes pieces until the head is whole. */
export class CgiHeadReader {
  #pieces: Uint8Array = new Uint8Array();

  /**
   * @returns the head; undefined: more is needed
   * @throws {SyntaxError} it is too long, or no head
   */
  push(piece: Uint8Array): CgiHead | undefined {
    this.#pieces = concatBytes([this.#pieces, piece]);
    const end = findEnd(this.#pieces);
    if (end === undefined) {
      if (this.#pieces.length > MAX_BYTES) throw new SyntaxError("The head is too long");
      return undefined;
    }
    const text = new TextDecoder().decode(this.#pieces.subarray(0, end.head));
    return { ...parse(text), rest: this.#pieces.subarray(end.body) };
  }
}

/** Lines end with LF, with or without a CR before it. */
function findEnd(bytes: Uint8Array): { readonly head: number; readonly body: number } | undefined {
  for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1)) {
    const next = bytes[at + 1] === CR ? at + 2 : at + 1;
    if (bytes[next] === LF) return { head: at, body: next + 1 };
  }
  return undefined;
}

function parse(text: string): Pick<CgiHead, "status" | "headers"> {
  let status = 200;
  const headers: [string, string][] = [];
  for (const line of text.split(/\r?\n/)) {
    if (line === "") continue;
    const colon = line.indexOf(":");
    const name = line.slice(0, colon).toLowerCase();
    if (colon < 1 || !/^[a-z0-9-]+$/.test(name)) throw new SyntaxError("Not a header");
    const value = line.slice(colon + 1).trim();
    if (name !== "status") headers.push([name, value]);
    else if (/^[1-5][0-9]{2}(?: |$)/.test(value)) status = Number(value.slice(0, 3));
    else throw new SyntaxError("Not a status");
  }
  return { status, headers };
}
