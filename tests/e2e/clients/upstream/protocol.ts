/** What the upstream is told, and what it tells. */

/** Its certificate, a line of JSON on stdin. */
export interface UpstreamConfig {
  readonly cert_pem: string;
  readonly key_pem: string;
}

/** A line of JSON on stdout. */
export type UpstreamLine =
  | { readonly kind: "ready" }
  /** `authorization` as it came. */
  | { readonly kind: "request"; readonly line: string; readonly authorization: string };
