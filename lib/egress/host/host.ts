/**
 * The one parser of host names. Everything that names a host, in a manifest, a CONNECT line, a Host field, an SNI
 * or a look-up, goes through it, so that two parts can't understand one text differently.
 */

import { BottleError } from "../../errors.ts";
import { type IpAddress, parseAddress } from "./ip.ts";

/** A canonical name: lower case, no trailing dot, letters, digits and hyphens, never a number in disguise. */
export type HostName = string & { readonly brand: "HostName" };

/** A host that a route can be looked up for. */
export type Host =
  | { readonly kind: "name"; readonly name: HostName }
  | { readonly kind: "ip"; readonly address: IpAddress };

/** Why a text names no host: `ip-literal` if it is an address in a spelling that only some programs read. */
export interface BadHost {
  /** Tells it from a {@linkcode Host}. */
  readonly kind: "bad";
  /** As a refusal has it. */
  readonly reason: "protocol" | "ip-literal";
  /** For the audit and the refusal; does not repeat the text. */
  readonly why: string;
}

/** What {@linkcode parseHost} answers. */
export type ParsedHost = Host | BadHost;

/** RFC 1035, 2.3.4: 255 octets on the wire are 253 characters. */
const MAX_NAME = 253;
const MAX_LABEL = 63;
const ALLOWED = /^[A-Za-z0-9.-]+$/;
const NUMERIC_LABEL = /^(?:[0-9]+|0x[0-9a-f]*)$/;

/**
 * Parses a host without its port: a name, an IPv4 address in four decimal parts, or an IPv6 address in brackets.
 * One trailing dot is removed and upper case lowered; an internationalised name comes as punycode or not at all. A
 * name whose last label is a number is none (WHATWG URL, "ends in a number"): `127.1`, `0x7f000001` and
 * `017700000001` are addresses to `inet_aton`.
 *
 * @example
 * ```ts
 * import { parseHost } from "./host.ts";
 * const host = parseHost("API.Example.com.");
 * if (host.kind !== "name" || host.name !== "api.example.com") throw new Error("not canonical");
 * if (parseHost("0x7f.1").kind !== "bad") throw new Error("a number in disguise");
 * ```
 */
export function parseHost(text: string): ParsedHost {
  if (text.startsWith("[")) return parseBracketed(text);
  if (text === "") return bad("protocol", "the host is empty");
  if (text.includes(":")) {
    return bad("protocol", "an IPv6 address needs brackets, and a port has no place here");
  }
  if (!ALLOWED.test(text)) return bad("protocol", "a host holds a-z, 0-9, hyphen and dot only");
  const name = text.toLowerCase().replace(/\.$/, "");
  if (name.length > MAX_NAME) return bad("protocol", `a host has at most ${MAX_NAME} characters`);
  const labels = name.split(".");
  const wrong = labels.map(findLabelFault).find((fault) => fault !== undefined);
  if (wrong) return bad("protocol", wrong);
  if (NUMERIC_LABEL.test(labels.at(-1) ?? "")) return parseNumeric(name, labels);
  const punycode = findPunycodeFault(name);
  return punycode ? bad("protocol", punycode) : { kind: "name", name: name as HostName };
}

/** The host as a URL has it: IPv6 in brackets. `parseHost(printHost(h))` is `h`. */
export function printHost(host: Host): string {
  if (host.kind === "name") return host.name;
  return host.address.family === 6 ? `[${host.address.text}]` : host.address.text;
}

/**
 * A host name that is known to be good: of the program's own, or checked before.
 * @throws {BottleError} `host-invalid`
 */
export function hostName(text: string): HostName {
  const host = parseHost(text);
  if (host.kind === "name") return host.name;
  throw new BottleError(`Not a host name: ${JSON.stringify(text.slice(0, 80))}`, {
    code: "host-invalid",
    hint: host.kind === "bad" ? host.why : "This is an address",
  });
}

function parseBracketed(text: string): ParsedHost {
  if (text.includes("%")) return bad("ip-literal", "an address with a zone names an interface");
  const address = text.endsWith("]") ? parseAddress(text.slice(1, -1)) : undefined;
  if (address?.family !== 6) return bad("protocol", "brackets hold one IPv6 address");
  return { kind: "ip", address };
}

function parseNumeric(name: string, labels: readonly string[]): ParsedHost {
  const address = parseAddress(name);
  if (address) return { kind: "ip", address };
  return labels.every((label) => NUMERIC_LABEL.test(label))
    ? bad("ip-literal", "an IPv4 address is four decimal numbers without leading zeros")
    : bad("protocol", "the last label of a host name is no number");
}

function findLabelFault(label: string): string | undefined {
  if (label === "") return "a host has no empty label";
  if (label.length > MAX_LABEL) return `a label has at most ${MAX_LABEL} characters`;
  if (label.startsWith("-") || label.endsWith("-")) {
    return "a label does not begin or end with a hyphen";
  }
  return undefined;
}

/**
 * `xn--` labels must be what the URL standard makes of the name they stand for: two spellings of one name are two
 * routes.
 */
function findPunycodeFault(name: string): string | undefined {
  if (!/(?:^|\.)xn--/.test(name)) return undefined;
  return URL.parse(`https://${name}/`)?.hostname === name
    ? undefined
    : "a label that begins with xn-- is no valid punycode";
}

function bad(reason: BadHost["reason"], why: string): BadHost {
  return { kind: "bad", reason, why };
}
