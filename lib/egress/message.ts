/**
 * The parsed form of HTTP messages, whatever version carried them. Texts are ISO 8859-1: one character is one byte of
 * the wire.
 */

/** One field, its name as it was sent. */
export type HeaderField = readonly [name: string, value: string];

/** Fields in the order and with the case they were sent in. */
export type HeaderList = readonly HeaderField[];

/** No other version is read. */
export type HttpVersion = "1.0" | "1.1" | "2";

/** Start line and fields of a request. */
export interface RequestHead {
  /** `[A-Z][A-Z-]*`, at most 32 characters. */
  readonly method: string;
  /** Visible ASCII; which form it has is not checked here. Of HTTP/2: `:path`. */
  readonly target: string;
  readonly version: HttpVersion;
  /** Of HTTP/2: `:authority` stands first, as `host`. */
  readonly headers: HeaderList;
  /** Of HTTP/2, where frames tell it: whether there is a body. */
  readonly hasBody?: boolean;
}

/** Start line and fields of a response. */
export interface ResponseHead {
  /** 100 to 599. */
  readonly status: number;
  /** Empty in HTTP/2. */
  readonly reason: string;
  readonly version: HttpVersion;
  readonly headers: HeaderList;
  /** Of HTTP/2, where frames tell it: whether there is a body. */
  readonly hasBody?: boolean;
}

/** Where a body ends. `until-close` is for responses only. */
export type BodyFraming =
  | { readonly kind: "none" }
  | { readonly kind: "length"; readonly length: number }
  /** Its length is told by its end only: chunks of HTTP/1.1, and the last frame of HTTP/2. */
  | { readonly kind: "chunked" }
  | { readonly kind: "until-close" };

/** The values of all fields of that name. @param name in lower case */
export function headerValues(headers: HeaderList, name: string): string[] {
  const values: string[] = [];
  for (const [key, value] of headers) {
    if (key.length === name.length && key.toLowerCase() === name) values.push(value);
  }
  return values;
}

/** Whether there is a field of that name. @param name in lower case */
export function hasHeader(headers: HeaderList, name: string): boolean {
  return headers.some(([key]) => key.length === name.length && key.toLowerCase() === name);
}

/** The elements of comma-separated lists, trimmed and in lower case, empty ones left out. */
export function listElements(values: readonly string[]): string[] {
  return values.flatMap((value) => value.split(","))
    .map((element) => element.trim().toLowerCase())
    .filter((element) => element !== "");
}
