/** A connection to an upstream that carries many exchanges at once. */

import type { ByteDuplex } from "../body/body.ts";
import type { UpstreamExchange } from "./upstream_exchange.ts";

/** What the dialer shares among requests to one upstream. */
export interface UpstreamSession {
  /**
   * Another exchange. A `release` of it gives back the exchange alone.
   *
   * @returns undefined: it takes no more, now or ever
   */
  open(): UpstreamExchange | undefined;
  /** Resolves when it is known how many exchanges it takes, or that it takes none: until then too many may be begun. */
  readonly ready: Promise<void>;
  /** Exchanges under way. */
  readonly active: number;
  /** It will take no exchange any more: the upstream said so, or it is closed. */
  readonly isOver: boolean;
  /** Takes no more exchanges, and closes once the last is over. */
  retire(): void;
  /** Cuts it: what is under way fails. */
  close(): void;
}

/**
 * Begins a session on a connection that speaks nothing yet.
 *
 * @param onEnd called once when the connection is closed, by whomever
 */
export type StartSession = (connection: ByteDuplex, onEnd: () => void) => UpstreamSession;
