/** Why egress refuses: the one list. Each is the value of the header `x-bot-bottle-block` and of `reason`. */

/** The reasons, with the HTTP status of the refusal. */
export const blockReasons = {
  /** No route names the host. */
  "host-not-allowed": 403,
  /** A route names the host, none of its `matches` fits. */
  "no-match": 403,
  /** As `no-match`, and the method alone is why. */
  "method": 403,
  /** What would have let it pass was allowed for a time, and the time is over. */
  "expired": 403,
  /** The port is not one of the route's. */
  "port": 403,
  /** The name resolves to a private, loopback, link-local, metadata or reserved address. */
  "private-address": 403,
  /** A literal address that no route names. */
  "ip-literal": 403,
  /** The name does not resolve. */
  "unresolvable": 502,
  /** A push over HTTPS: pushes go through git-gate. */
  "git-push": 403,
  /** A placeholder where no credential is put on. */
  "placeholder": 403,
  /** A body that can't be looked through: an unknown coding, or one that does not decode. */
  "unreadable-request": 415,
  /** Ambiguous or malformed: never guessed at. */
  "protocol": 400,
  /** The upstream's certificate does not verify; nothing was sent. */
  "upstream-tls": 502,
  /** A head, or a count of headers, over the limit. */
  "too-large": 431,
  /** Over the limit of connections or requests in flight. */
  "too-many": 429,
  /** More requests than the route takes in a minute. */
  "rate-limit": 429,
  /** What may leave by the route in the bottle's life is used up. */
  "budget": 403,
  /** A body longer than the route takes. */
  "body-too-large": 413,
  /** The ledger is down: nothing passes unrecorded. */
  "audit-unavailable": 503,
} as const;

/** One of {@linkcode blockReasons}. */
export type BlockReason = keyof typeof blockReasons;

/** Tells a reason from any other code. */
export function isBlockReason(code: string): code is BlockReason {
  return Object.hasOwn(blockReasons, code);
}
