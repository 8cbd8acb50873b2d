/** What the stand-in is told on its stdin, and what it says on its stdout, a JSON object a line. */

/** The first line of stdin. */
export interface StandInConfig {
  readonly cert_pem: string;
  readonly key_pem: string;
}

/** `ready`: it listens. `request`: something came. */
export type StandInLine =
  | { readonly kind: "ready" }
  | { readonly kind: "request"; readonly line: string };
