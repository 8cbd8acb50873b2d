/** Codings of contents (RFC 9110, 8.4): which can be looked through, and how to ask for no others. */

import { hasHeader, type HeaderList, headerValues, listElements } from "../message.ts";

/** Those that can be decoded. */
export type Coding = "gzip" | "deflate" | "br" | "zstd";

const CODINGS: ReadonlyMap<string, Coding> = new Map([
  ["gzip", "gzip"],
  ["x-gzip", "gzip"],
  ["deflate", "deflate"],
  ["br", "br"],
  ["zstd", "zstd"],
]);
/** More in one another are a bomb, or a way past. */
const MAX_NESTED = 3;

/** No coding of content, though it says so: S3's clients send what follows as it is, in chunks with signatures. */
const AWS_CHUNKED = "aws-chunked";

/**
 * The codings of a response's body, in the order in which they were applied; none: it is as it reads.
 *
 * @returns undefined: there is one among them that is not known, or too many
 */
export function contentCodings(headers: HeaderList): readonly Coding[] | undefined {
  return knownCodings(listElements(headerValues(headers, "content-encoding")));
}

/** The codings of a request's body: as {@linkcode contentCodings}. */
export function requestCodings(headers: HeaderList): readonly Coding[] | undefined {
  const names = listElements(headerValues(headers, "content-encoding"));
  // Beside another, the chunks are around what is coded.
  return knownCodings(names.length === 1 && names[0] === AWS_CHUNKED ? [] : names);
}

function knownCodings(all: readonly string[]): readonly Coding[] | undefined {
  const names = all.filter((name) => name !== "identity");
  const codings = names.flatMap((name) => CODINGS.get(name) ?? []);
  return codings.length < names.length || codings.length > MAX_NESTED ? undefined : codings;
}

/**
 * A request's fields, asking for nothing that can't be decoded: of a part, no coding at all. Without an
 * `accept-encoding` a server sends what it likes, which is no coding in practice; that stays.
 */
export function limitAcceptEncoding(headers: HeaderList): HeaderList {
  const isPart = hasHeader(headers, "range");
  return headers.map(([name, value]) => {
    if (name.toLowerCase() !== "accept-encoding") return [name, value] as const;
    const kept = isPart
      ? []
      : value.split(",").map((element) => element.trim()).filter(isAcceptable);
    return [name, kept.length === 0 ? "identity" : kept.join(", ")] as const;
  });
}

function isAcceptable(element: string): boolean {
  const name = (element.split(";")[0] ?? "").trim().toLowerCase();
  return CODINGS.has(name) || name === "identity";
}
