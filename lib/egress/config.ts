/** The `configure` document of egress: all it ever needs to know, in one piece, over stdin. */

import type { Placeholder } from "./credential/placeholder.ts";
import type { Route, TokenSlot } from "./route/route.ts";

/** An address and a port to listen on. */
export interface ListenAddress {
  /** An IP address. */
  readonly address: string;
  /** 0: any free one. */
  readonly port: number;
}

/** Addresses of a joined engine network, open for the named hosts only (`--bundle-network`). */
export interface PrivateException {
  /** Canonical names; for these only. */
  readonly hosts: readonly string[];
  /** CIDR blocks. */
  readonly subnets: readonly string[];
}

/**
 * A company's proxy: it resolves the names that it is asked for, so that their addresses can't be checked. It is spoken to
 * by plain HTTP; what it carries for https routes is TLS from egress to the upstream.
 */
export interface UpstreamProxy {
  /** Canonical; IPv6 in brackets. It may have a private address. */
  readonly host: string;
  /** 1 to 65,535. */
  readonly port: number;
  /** The whole `Proxy-Authorization`; null: none. */
  readonly authorization: string | null;
  /** Hosts that are reached directly, as `no_proxy.ts` has them. */
  readonly no_proxy: readonly string[];
}

/** Schema: `egressConfigSchema` in `config_schema.ts`; printed by `bot-bottle schema egress-config`. */
export interface EgressConfig {
  /** Where the proxy listens. */
  readonly listen: ListenAddress;
  /** The answerer for the agent's look-ups; null: none (stand-alone). */
  readonly dns: (ListenAddress & { readonly names: Readonly<Record<string, string>> }) | null;
  /** Addresses that may use the proxy; a connection from elsewhere is closed at once. */
  readonly peers: readonly string[];
  /** All that is allowed. */
  readonly routes: readonly Route[];
  /** Values of the routes' credentials. */
  readonly tokens: Readonly<Partial<Record<TokenSlot, string>>>;
  /** What the agent holds instead of them: anywhere but in their places these are refused. */
  readonly placeholders: readonly Placeholder[];
  /** The operator's extra CA, trusted for upstreams besides the system roots. */
  readonly extra_ca_pem: string | null;
  /** The way out of a company's network; null: upstreams are reached directly. */
  readonly upstream_proxy: UpstreamProxy | null;
  /** Networks that the bundle was told to join. */
  readonly private_exceptions: readonly PrivateException[];
  /** Which exchanges become rows. Look-ups always do, folded: see `DnsLog`. */
  readonly log: "all" | "blocked" | "off";
  /** A throw-away credential: a request to `http://_egress.local/self-test` with the placeholder must arrive with the value. */
  readonly self_test: { readonly placeholder: string; readonly value: string } | null;
  /** Given back to an egress that is restarted; null: make a new one. */
  readonly ca: CertificateAuthority | null;
}

/** The bottle's own CA. Lives in egress's and init's memory only. */
export interface CertificateAuthority {
  /** The certificate, PEM. */
  readonly cert_pem: string;
  /** Its private key, PKCS #8 in PEM. */
  readonly key_pem: string;
}
