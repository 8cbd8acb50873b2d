/** A request as a person writes it down, as the bytes that a client would send for it. */

import type { HeaderList } from "../message.ts";

/** What is asked about. */
export interface AskedRequest {
  readonly method: string;
  /** `http://` or `https://`. A fragment never travels, and is left out. */
  readonly url: string;
  /** Sent besides; a `host` among them takes the place of the usual one. */
  readonly headers: HeaderList;
}

/** The heads of the messages, as HTTP/1.1 has them, without the empty line at the end. */
export interface AskedHeads {
  readonly scheme: "http" | "https";
  /** What a client asks the proxy for first; undefined for plain http. */
  readonly connect: string | undefined;
  readonly request: string;
}

const URL_PARTS = /^(https?):\/\/([^/?#]*)([^#]*)/i;
/** Neither a line end, which would begin another field, nor what no head can hold. */
const SENDABLE = /^[\x20-\x7e\xa0-\xff]*$/;

/**
 * Nothing is put right on the way: dot segments, escapes and the host stay as they are written, as a hostile client
 * would send them.
 *
 * @returns why it can't be sent, as a text
 *
 * @example
 * ```ts
 * import { writeAsked } from "./asked_request.ts";
 * const heads = writeAsked({ method: "GET", url: "https://a.example.com/x", headers: [] });
 * if (typeof heads === "string" || heads.connect?.startsWith("CONNECT a.example.com:443 ") !== true) throw new Error();
 * ```
 */
export function writeAsked({ method, url, headers }: AskedRequest): AskedHeads | string {
  const [, scheme = "", authority = "", rest = ""] = URL_PARTS.exec(url) ?? [];
  if (scheme === "") return "it begins with neither http:// nor https://";
  if (authority === "") return "it names no host";
  const target = rest.startsWith("/") ? rest : `/${rest}`;
  const texts = [method, authority, target, ...headers.flat()];
  if (!texts.every((text) => SENDABLE.test(text))) {
    return "it holds a character that can't travel in a head";
  }
  const isTls = scheme.toLowerCase() === "https";
  const named = headers.some(([name]) => name.toLowerCase() === "host");
  const lines = [
    `${method} ${isTls ? target : `http://${authority}${target}`} HTTP/1.1`,
    ...(named ? [] : [`Host: ${authority}`]),
    ...headers.map(([name, value]) => `${name}: ${value}`),
  ];
  const withPort = /:[0-9]*$/.test(authority.replace(/^\[[^\]]*\]/, ""))
    ? authority
    : `${authority}:443`;
  return {
    scheme: isTls ? "https" : "http",
    connect: isTls ? `CONNECT ${withPort} HTTP/1.1\r\nHost: ${withPort}` : undefined,
    request: lines.join("\r\n"),
  };
}
