/** Hosts that are reached directly though there is a company proxy: what others call `no_proxy`. */

import { cidrContains, parseAddress, parseCidr, printCidr } from "./address.ts";
import { type Host, type HostName, parseHost } from "./host.ts";

/** Whether a host is reached directly. Made by {@linkcode compileNoProxy}. */
export type IsDirect = (host: Host) => boolean;

/** One entry, canonical, or why it is none. */
export type NoProxyEntry =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly why: string };

/**
 * Parses one entry: `example.com` is that name and all below it, `.example.com` or `*.example.com` those below it only
 * (as Go's programs read them), an address or a CIDR block literal addresses. A name is never resolved to see whether
 * it lies in a block.
 *
 * @example
 * ```ts
 * import { parseNoProxyEntry } from "./no_proxy.ts";
 * const entry = parseNoProxyEntry("*.Corp.Example");
 * if (!entry.ok || entry.text !== ".corp.example") throw new Error("not canonical");
 * if (parseNoProxyEntry("*").ok) throw new Error("everything");
 * ```
 */
export function parseNoProxyEntry(text: string): NoProxyEntry {
  if (text === "*") return bad("it names every host: with it there would be no proxy");
  if (text.includes("/")) {
    const block = parseCidr(text);
    return block === undefined
      ? bad("a block of addresses is written as 10.0.0.0/8, with no bits set behind the prefix")
      : { ok: true, text: printCidr(block) };
  }
  const address = parseAddress(text.replace(/^\[(.*)\]$/, "$1"));
  if (address !== undefined) return { ok: true, text: address.text };
  const isBelow = text.startsWith(".") || text.startsWith("*.");
  const host = parseHost(isBelow ? text.slice(text.indexOf(".") + 1) : text);
  if (host.kind === "bad") return bad(host.why);
  if (host.kind === "ip") return bad("an address has no names below it");
  return { ok: true, text: isBelow ? `.${host.name}` : host.name };
}

/** @param entries canonical, as {@linkcode parseNoProxyEntry} gives them */
export function compileNoProxy(entries: readonly string[]): IsDirect {
  const blocks = entries.flatMap((entry) => parseCidr(entry) ?? []);
  const exact = new Set(entries.filter((entry) => !entry.startsWith(".")));
  const below = new Set(entries.map((entry) => entry.replace(/^\./, "")));
  return (host) => {
    if (host.kind === "name") return exact.has(host.name) || liesBelow(host.name, below);
    return exact.has(host.address.text) ||
      blocks.some((block) => cidrContains(block, host.address));
  };
}

function liesBelow(name: HostName, suffixes: ReadonlySet<string>): boolean {
  for (let dot = name.indexOf("."); dot >= 0; dot = name.indexOf(".", dot + 1)) {
    if (suffixes.has(name.slice(dot + 1))) return true;
  }
  return false;
}

function bad(why: string): NoProxyEntry {
  return { ok: false, why };
}
