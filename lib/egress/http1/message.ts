/** The parsed form of HTTP/1.1 messages. Texts are ISO 8859-1: one character is one byte of the wire. */

/** One field, its name as it was sent. */
export type HeaderField = readonly [name: string, value: string];

/** Fields in the order and with the case they were sent in. */
export type HeaderList = readonly HeaderField[];

/** `1.0` or `1.1`; no other version is read. */
export type HttpVersion = "1.0" | "1.1";

/** Start line and fields of a request. */
export interface RequestHead {
  /** `[A-Z][A-Z-]*`, at most 32 characters. */
  readonly method: string;
  /** Visible ASCII; which form it has is not checked here. */
  readonly target: string;
  readonly version: HttpVersion;
  readonly headers: HeaderList;
}

/** Start line and fields of a response. */
export interface ResponseHead {
  /** 100 to 599. */
  readonly status: number;
  readonly reason: string;
  readonly version: HttpVersion;
  readonly headers: HeaderList;
}

/** Where a body ends. `until-close` is for responses only. */
export type BodyFraming =
  | { readonly kind: "none" }
  | { readonly kind: "length"; readonly length: number }
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
