/** What only launch knows: handed to every provision step beside the plan. */

/** Where the agent finds its three peers, and the CA that it must trust. */
export interface BottleEndpoints {
  /** `http://egress:9099`-like, with the address rather than a name where names don't resolve. */
  readonly proxyUrl: string;
  /** Null: the bottle has no repositories. */
  readonly gitGate:
    | { readonly scheme: "http"; readonly host: string; readonly port: number }
    | null;
  /** Null while supervise is off. */
  readonly mcpUrl: string | null;
  /** Names and addresses that must not go through the proxy. */
  readonly noProxy: readonly string[];
  /** The bottle's CA certificate, PEM. New with every bundle. */
  readonly caPem: string;
  /** SHA-256 of the certificate (DER), 64 lower-case hex digits. */
  readonly caSha256: string;
}
