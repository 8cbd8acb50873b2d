/** Heads of responses as fields (RFC 9113, 8.3.2). */

import { malformed, tooLarge } from "../http1/malformed.ts";
import type { BodyFraming, HeaderField, HeaderList, ResponseHead } from "../message.ts";
import { splitFields, writableFields } from "./field_rules.ts";
import type { DecodedBlock } from "./hpack_decoder.ts";

const PSEUDO: ReadonlySet<string> = new Set(["status"]);
const STATUS = /^[1-5][0-9]{2}$/;
const NOTHING: ReadonlySet<string> = new Set();

/**
 * Parses a response's head.
 *
 * @param hasBody the stream goes on behind it
 * @throws {BottleError} `http-malformed`, `http-too-large`
 */
export function parseResponseFields(block: DecodedBlock, hasBody: boolean): ResponseHead {
  if (block.isOver) throw tooLarge("A head over the limit of bytes or fields");
  const { pseudo, fields } = splitFields(block.fields, PSEUDO);
  const text = pseudo.get("status") ?? "";
  if (!STATUS.test(text)) throw malformed(":status is missing or no status");
  const status = Number(text);
  if (status === 101) throw malformed("A 101, which HTTP/2 doesn't have");
  if (status < 200 && !hasBody) throw malformed("An interim response that ends its stream");
  return { status, reason: "", version: "2", headers: fields, hasBody };
}

/** A response's head as fields. @throws {BottleError} `http-malformed` when a field cannot be written */
export function responseFields(
  status: number,
  headers: HeaderList,
  framing: BodyFraming,
): readonly HeaderField[] {
  const fields = writableFields(headers, NOTHING);
  return [
    [":status", String(status)],
    ...(framing.kind === "none" ? fields : withLength(fields, framing)),
  ];
}

/** With the length of the body that follows, and no other: where none is known the last frame tells. */
export function withLength(fields: readonly HeaderField[], framing: BodyFraming): HeaderField[] {
  const written = fields.filter(([name]) => name !== "content-length");
  if (framing.kind === "length") written.push(["content-length", String(framing.length)]);
  return written;
}
