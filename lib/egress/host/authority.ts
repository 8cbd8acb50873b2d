/** `host[:port]`, as CONNECT's target, a Host field and an absolute URI have it. */

import { type BadHost, type Host, parseHost, printHost } from "./host.ts";

/** A host and its port. */
export interface Authority {
  readonly host: Host;
  /** 1 to 65,535; undefined: none was given. */
  readonly port: number | undefined;
}

const PORT = /^[1-9][0-9]{0,4}$/;

/**
 * Parses an authority without userinfo.
 *
 * @example
 * ```ts
 * import { parseAuthority } from "./authority.ts";
 * const authority = parseAuthority("API.example.com:443");
 * if ("kind" in authority || authority.port !== 443) throw new Error("not parsed");
 * if (!("kind" in parseAuthority("user@example.com"))) throw new Error("userinfo");
 * ```
 */
export function parseAuthority(text: string): Authority | BadHost {
  const colon = text.lastIndexOf(":");
  const hasPort = colon > text.lastIndexOf("]") && colon >= 0;
  const host = parseHost(hasPort ? text.slice(0, colon) : text);
  if (host.kind === "bad") return host;
  if (!hasPort) return { host, port: undefined };
  const port = text.slice(colon + 1);
  if (!PORT.test(port) || Number(port) > 65_535) {
    return { kind: "bad", reason: "protocol", why: "a port is a number from 1 to 65535" };
  }
  return { host, port: Number(port) };
}

/** The authority as a Host field has it: without the scheme's own port. */
export function printAuthority(host: Host, port: number, scheme: "http" | "https"): string {
  const isUsual = port === (scheme === "https" ? 443 : 80);
  return isUsual ? printHost(host) : `${printHost(host)}:${port}`;
}
