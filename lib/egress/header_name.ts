/** Names of headers as servers tell them apart, which is not as RFC 9110 does. */

/**
 * Lower case, `_` read as `-`: servers that hand headers on as variables (CGI, WSGI, Rack) make `HTTP_X_API_KEY` of `X-Api-Key`
 * and of `X_Api_Key` alike. Ask by this name what must not get past; never rename by it, as honest headers have underscores
 * too.
 *
 * @example
 * ```ts
 * import { foldHeaderName } from "./header_name.ts";
 * if (foldHeaderName("X_Api-KEY") !== "x-api-key") throw new Error("not folded");
 * ```
 */
export function foldHeaderName(name: string): string {
  return name.toLowerCase().replaceAll("_", "-");
}

/**
 * A name as what hands names on as variables tells it from others: all that is no letter or digit is one character (CGI:
 * RFC 3875, 4.1.18; keys of a query in PHP). Ask by it as by {@linkcode foldHeaderName}.
 */
export function variableName(name: string): string {
  return name.toLowerCase().replace(/[^0-9a-z]/g, "-");
}
