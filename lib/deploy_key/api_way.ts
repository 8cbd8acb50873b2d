/** How a request to a forge leaves this machine: directly, or by the company's proxy. */

import { BottleError } from "../errors.ts";
import { classifyAddress } from "../egress/host/address.ts";
import { parseHost } from "../egress/host/host.ts";
import { compileNoProxy } from "../egress/host/no_proxy.ts";
import type { UpstreamProxyPlan } from "../plan/upstream_proxy.ts";
import { Secret } from "../secret.ts";

/** The way. */
export interface ApiWay {
  /** Certificates that the forge's may chain to besides those that every program trusts; null: none. */
  readonly extraCaPem: string | null;
  /** The company's proxy; null: it is not needed for this host. */
  readonly proxy: ApiProxy | null;
}

/** A proxy that is spoken to by plain HTTP, and tunnels. */
export interface ApiProxy {
  /** Its name or address; IPv6 in brackets. */
  readonly host: string;
  /** 1 to 65,535. */
  readonly port: number;
  /** Null: it asks for none. */
  readonly credentials: { readonly username: string; readonly password: Secret } | null;
}

/** What Docker calls the machine that this program runs on. */
const THIS_MACHINE = "host.docker.internal";

/** @param api the forge's address */
export function findWay(
  api: string,
  { extraCaPem, proxy }: {
    readonly extraCaPem: string | null;
    readonly proxy: UpstreamProxyPlan | null;
  },
): ApiWay {
  const host = hostOf(api);
  // What isn't encrypted is for this machine only, and no proxy may read it.
  const isDirect = proxy === null || api.startsWith("http:") || host.kind === "bad" ||
    compileNoProxy(proxy.noProxy)(host);
  return { extraCaPem, proxy: isDirect ? null : readProxy(proxy) };
}

/**
 * What Deno has to permit for it: `host:port`, of the forge and of the proxy.
 *
 * @throws {BottleError} `deploy-key-unreachable` for a host that is none: a comma would make two of it
 */
export function hostsOnTheWay(api: string, { proxy }: ApiWay): readonly string[] {
  const url = URL.parse(api);
  if (url === null || hostOf(api).kind === "bad") {
    throw new BottleError(`Cannot reach the API at ${JSON.stringify(api)}: it names no host`, {
      code: "deploy-key-unreachable",
      hint: "Write `api` as https://host or https://host:port",
    });
  }
  const port = url.port === "" ? (url.protocol === "https:" ? 443 : 80) : url.port;
  const own = `${url.hostname}:${port}`;
  return proxy === null ? [own] : [own, `${proxy.host}:${proxy.port}`];
}

/** Whether a token may go there: over TLS, or to this machine. */
export function isSafeAddress(api: string): boolean {
  if (api.startsWith("https://")) return true;
  const host = hostOf(api);
  return api.startsWith("http://") &&
    (host.kind === "name"
      ? host.name === "localhost"
      : host.kind === "ip" && classifyAddress(host.address) === "loopback");
}

function hostOf(api: string): ReturnType<typeof parseHost> {
  return parseHost(URL.parse(api)?.hostname ?? "");
}

function readProxy({ host, port, authorization }: UpstreamProxyPlan): ApiProxy {
  const credentials = authorization === null ? null : readBasic(authorization);
  // Containers call it so; on this machine nothing may.
  return { host: host === THIS_MACHINE ? "localhost" : host, port, credentials };
}

/** The pair in `Basic …`, which is ours. */
function readBasic(authorization: Secret): ApiProxy["credentials"] {
  const base64 = authorization.reveal().replace(/^Basic /, "");
  const text = new TextDecoder().decode(Uint8Array.fromBase64(base64));
  const colon = text.indexOf(":");
  return { username: text.slice(0, colon), password: new Secret(text.slice(colon + 1)) };
}
