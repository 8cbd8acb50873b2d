/** What becomes of a response's head where its body has to be read. */

import { type Coding, contentCodings } from "./content_coding.ts";
import type { BodyFraming, HeaderList } from "../message.ts";

/** A response whose body can be read. */
export interface ReadableResponse {
  readonly headers: HeaderList;
  readonly framing: BodyFraming;
  /** To be taken off the body, the last one first; none: it goes on at its length. */
  readonly codings: readonly Coding[];
}

/** The parts of a response's head that count. */
export interface CodedResponse {
  readonly status: number;
  readonly headers: HeaderList;
  readonly framing: BodyFraming;
}

/** Fields about bytes that don't go on as they came. */
const ABOUT_BYTES: ReadonlySet<string> = new Set([
  "accept-ranges",
  "content-digest",
  "content-encoding",
  "content-length",
  "content-md5",
  "digest",
  "repr-digest",
]);

/**
 * The head of a response whose body goes on without its codings: no length, no digests, a weak entity tag.
 *
 * @returns undefined: the body can't be read
 */
export function readableResponse(response: CodedResponse): ReadableResponse | undefined {
  const { status, headers, framing } = response;
  const codings = contentCodings(headers);
  if (framing.kind === "none" || codings?.length === 0) {
    return { headers, framing, codings: [] };
  }
  // A part of something coded does not decode.
  if (codings === undefined || status === 206) return undefined;
  return {
    headers: headers.filter(([name]) => !ABOUT_BYTES.has(name.toLowerCase()))
      .map(([name, value]) =>
        name.toLowerCase() === "etag" && !value.startsWith("W/")
          ? [name, `W/${value}`] as const
          : [name, value] as const
      ),
    framing: { kind: "chunked" },
    codings,
  };
}
