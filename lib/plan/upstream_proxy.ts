/** The company's proxy: for networks where nothing else leads out. */

import { parseAuthority } from "../egress/host/authority.ts";
import { classifyAddress } from "../egress/host/address.ts";
import type { UpstreamProxy } from "../egress/config.ts";
import { type Host, printHost } from "../egress/host/host.ts";
import { parseNoProxyEntry } from "../egress/host/no_proxy.ts";
import { BottleError } from "../errors.ts";
import { Secret } from "../secret.ts";

/** The variable that names it: `http://[user:password@]host:port`. */
export const UPSTREAM_PROXY_VARIABLE = "BOT_BOTTLE_UPSTREAM_PROXY";
/** The variable with the hosts that are reached without it, commas or spaces between them. */
export const NO_PROXY_VARIABLE = "BOT_BOTTLE_NO_PROXY";

/** The proxy, as the plan has it. */
export interface UpstreamProxyPlan {
  /** Canonical; IPv6 in brackets. */
  readonly host: string;
  /** 1 to 65,535. */
  readonly port: number;
  /** The whole `Proxy-Authorization`; null: it asks for none. */
  readonly authorization: Secret | null;
  /** Canonical entries of `no_proxy.ts`. */
  readonly noProxy: readonly string[];
}

const MAX_ENTRIES = 256;
const FORM = /^([a-z][a-z0-9+.-]*):\/\/(?:([^@/?#\s]*)@)?([^@/?#\s]+)\/?$/i;

/**
 * Reads the proxy, if one is named. No message repeats the address: it may hold a password.
 *
 * @throws {BottleError} `upstream-proxy`
 */
export function readUpstreamProxy(
  env: (name: string) => string | undefined,
): UpstreamProxyPlan | null {
  const text = (env(UPSTREAM_PROXY_VARIABLE) ?? "").trim();
  if (text === "") return null;
  const [, scheme, userinfo, authority] = FORM.exec(text) ?? [];
  if (scheme === undefined || authority === undefined) throw problem("is no address of a proxy");
  if (scheme.toLowerCase() !== "http") {
    throw problem("names a proxy that is not spoken to by plain HTTP: no other kind is supported");
  }
  const parsed = parseAuthority(authority);
  if ("kind" in parsed) throw problem(`names no host: ${parsed.why}`);
  if (parsed.port === undefined) throw problem("names no port");
  if (isThisMachine(parsed.host)) throw loopback(printHost(parsed.host));
  return {
    host: printHost(parsed.host),
    port: parsed.port,
    authorization: readCredentials(userinfo),
    noProxy: readNoProxy(env(NO_PROXY_VARIABLE) ?? ""),
  };
}

/** As egress is told. Secret. */
export function revealUpstreamProxy(plan: UpstreamProxyPlan | null): UpstreamProxy | null {
  if (plan === null) return null;
  const { host, port, authorization, noProxy } = plan;
  return { host, port, authorization: authorization?.reveal() ?? null, no_proxy: noProxy };
}

/** User and password, as git takes them; null: none. Secret. */
export function credentialsOf(
  plan: UpstreamProxyPlan | null,
): { readonly username: string; readonly password: string } | null {
  const [, base64] = /^Basic (.*)$/.exec(plan?.authorization?.reveal() ?? "") ?? [];
  if (base64 === undefined) return null;
  const text = new TextDecoder().decode(Uint8Array.fromBase64(base64));
  const colon = text.indexOf(":");
  return { username: text.slice(0, colon), password: text.slice(colon + 1) };
}

function readNoProxy(text: string): readonly string[] {
  const texts = text.split(/[\s,]+/).filter((entry) => entry !== "");
  if (texts.length > MAX_ENTRIES) {
    throw noProxyProblem(`has more than ${MAX_ENTRIES} entries`);
  }
  return texts.map((entry) => {
    const parsed = parseNoProxyEntry(entry);
    if (parsed.ok) return parsed.text;
    throw noProxyProblem(`has ${JSON.stringify(entry.slice(0, 80))}: ${parsed.why}`);
  });
}

/** RFC 7617: user and password in UTF-8, no control characters, no colon in the user. */
function readCredentials(userinfo: string | undefined): Secret | null {
  if (userinfo === undefined || userinfo === "") return null;
  const colon = userinfo.indexOf(":");
  const user = decode(colon < 0 ? userinfo : userinfo.slice(0, colon));
  const password = colon < 0 ? "" : decode(userinfo.slice(colon + 1));
  if (user === undefined || password === undefined || user.includes(":")) {
    throw problem("has a user or a password that can't be read: percent-encode what is special");
  }
  const bytes = new TextEncoder().encode(`${user}:${password}`);
  return new Secret(`Basic ${bytes.toBase64()}`);
}

function decode(text: string): string | undefined {
  try {
    const plain = decodeURIComponent(text);
    return /\p{Cc}/u.test(plain) ? undefined : plain;
  } catch {
    return undefined;
  }
}

function isThisMachine(host: Host): boolean {
  if (host.kind === "name") return host.name === "localhost" || host.name.endsWith(".localhost");
  const kind = classifyAddress(host.address);
  return kind === "loopback" || kind === "unspecified";
}

function loopback(host: string): BottleError {
  return new BottleError(`${UPSTREAM_PROXY_VARIABLE} names "${host}": in a bundle that is itself`, {
    code: "upstream-proxy",
    hint:
      "Name this machine by an address that containers reach, such as host.docker.internal, and let the proxy listen there",
  });
}

function problem(why: string): BottleError {
  return new BottleError(`${UPSTREAM_PROXY_VARIABLE} ${why}`, {
    code: "upstream-proxy",
    hint: "Write it as http://host:port or http://user:password@host:port, or unset it",
  });
}

function noProxyProblem(why: string): BottleError {
  return new BottleError(`${NO_PROXY_VARIABLE} ${why}`, {
    code: "upstream-proxy",
    hint: "Write names (example.com, .example.com), addresses and blocks with commas between them",
  });
}
