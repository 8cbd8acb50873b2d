/** HPACK's static table (RFC 7541, appendix A). */

import type { HeaderField } from "../message.ts";

/** From index 1 on. */
export const staticTable: readonly HeaderField[] = [
  [":authority", ""],
  [":method", "GET"],
  [":method", "POST"],
  [":path", "/"],
  [":path", "/index.html"],
  [":scheme", "http"],
  [":scheme", "https"],
  [":status", "200"],
  [":status", "204"],
  [":status", "206"],
  [":status", "304"],
  [":status", "400"],
  [":status", "404"],
  [":status", "500"],
  ["accept-charset", ""],
  ["accept-encoding", "gzip, deflate"],
  ["accept-language", ""],
  ["accept-ranges", ""],
  ["accept", ""],
  ["access-control-allow-origin", ""],
  ["age", ""],
  ["allow", ""],
  ["authorization", ""],
  ["cache-control", ""],
  ["content-disposition", ""],
  ["content-encoding", ""],
  ["content-language", ""],
  ["content-length", ""],
  ["content-location", ""],
  ["content-range", ""],
  ["content-type", ""],
  ["cookie", ""],
  ["date", ""],
  ["etag", ""],
  ["expect", ""],
  ["expires", ""],
  ["from", ""],
  ["host", ""],
  ["if-match", ""],
  ["if-modified-since", ""],
  ["if-none-match", ""],
  ["if-range", ""],
  ["if-unmodified-since", ""],
  ["last-modified", ""],
  ["link", ""],
  ["location", ""],
  ["max-forwards", ""],
  ["proxy-authenticate", ""],
  ["proxy-authorization", ""],
  ["range", ""],
  ["referer", ""],
  ["refresh", ""],
  ["retry-after", ""],
  ["server", ""],
  ["set-cookie", ""],
  ["strict-transport-security", ""],
  ["transfer-encoding", ""],
  ["user-agent", ""],
  ["vary", ""],
  ["via", ""],
  ["www-authenticate", ""],
];

/** What an encoder asks for: the index of a field, or of its name alone. */
export const staticIndexes: {
  readonly ofField: ReadonlyMap<string, number>;
  readonly ofName: ReadonlyMap<string, number>;
} = indexes();

/** A field as one text, to look it up by: no name holds the separator. */
export function fieldKey(name: string, value: string): string {
  return `${name}\0${value}`;
}

function indexes(): typeof staticIndexes {
  const ofField = new Map<string, number>();
  const ofName = new Map<string, number>();
  staticTable.forEach(([name, value], at) => {
    ofField.set(fieldKey(name, value), at + 1);
    if (!ofName.has(name)) ofName.set(name, at + 1);
  });
  return { ofField, ofName };
}
