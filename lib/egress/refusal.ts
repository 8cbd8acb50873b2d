/** What the agent gets instead of an answer. */

import { escapeControl } from "./escape.ts";
import type { HeaderList } from "./message.ts";
import { type BlockReason, blockReasons } from "./reason.ts";

/** The name of the header that tells a refusal from an upstream's answer. */
export const BLOCK_HEADER = "x-bot-bottle-block";

/** What is known of the request. */
export interface RefusalFacts {
  readonly detail: string;
  /** As asked for; empty if it was not understood. */
  readonly host: string;
  /** The host pattern of the route that refused. */
  readonly route?: string | undefined;
  /** Default: {@linkcode defaultHint}. */
  readonly hint?: string;
  /** Seconds after which it is worth trying again. */
  readonly retryAfterS?: number | undefined;
}

/** A whole response; `content-length` fits the body. */
export interface Refusal {
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: Uint8Array<ArrayBuffer>;
}

const MAX_TEXT = 1_024;
const ASK = "Ask the person who started this bottle to";

const hints = {
  "host-not-allowed": `${ASK} add a route for this host; retrying does not help`,
  "no-match": `${ASK} widen the route's "matches"; retrying does not help`,
  "method": `${ASK} add the method to the route's "matches"; retrying does not help`,
  "expired": `${ASK} allow it again; retrying does not help`,
  "port": `${ASK} add the port to the route's "ports"; retrying does not help`,
  "private-address":
    `${ASK} set "allow_private" on the route if the host is meant; retrying does not help`,
  "ip-literal": "Use the host's name; an address needs a route of its own",
  "unresolvable": "Check the spelling of the host",
  "git-push": "Push to the git remote of this bottle; pushes over HTTPS are refused on every host",
  "placeholder":
    "Send it only to the host that it is for, in the header where the credential belongs",
  "unreadable-request": "Send the body as it is, or in gzip, deflate, br or zstd",
  "protocol": "Send one well-formed request; ambiguous ones are never guessed at",
  "upstream-tls": "The upstream did not prove by TLS who it is; nothing was sent",
  "too-large": "Send fewer or shorter header fields",
  "too-many": "Wait for open requests to finish, then retry",
  "rate-limit": "Wait as long as retry-after says, then retry",
  "budget": `${ASK} raise the route's "limits.bytes_out"; retrying does not help`,
  "body-too-large": `Send less at once, or ask for a higher "limits.body_bytes"`,
  "audit-unavailable": "Retry in some seconds: nothing passes while it can't be recorded",
} as const satisfies Record<BlockReason, string>;

/** What to do about a refusal, in one line. */
export function defaultHint(reason: BlockReason): string {
  return hints[reason];
}

/**
 * Makes the response: JSON `{"error":"blocked","reason","detail","host","route","hint"}` and the header
 * `x-bot-bottle-block: <reason>`. Control characters are escaped, long texts cut: parts of it come from the
 * request.
 *
 * @example
 * ```ts
 * import { refusal } from "./refusal.ts";
 * const { status } = refusal("host-not-allowed", { detail: "No route", host: "a.example.com" });
 * if (status !== 403) throw new Error(String(status));
 * ```
 */
export function refusal(reason: BlockReason, facts: RefusalFacts): Refusal {
  const document = {
    error: "blocked",
    reason,
    detail: show(facts.detail),
    host: show(facts.host),
    route: facts.route === undefined ? null : show(facts.route),
    hint: show(facts.hint ?? defaultHint(reason)),
  };
  const body = new TextEncoder().encode(`${JSON.stringify(document)}\n`);
  return {
    status: blockReasons[reason],
    headers: [
      ["content-type", "application/json"],
      ["content-length", String(body.length)],
      ["cache-control", "no-store"],
      [BLOCK_HEADER, reason],
      ...(facts.retryAfterS === undefined
        ? []
        : [["retry-after", String(facts.retryAfterS)] as const]),
    ],
    body,
  };
}

function show(text: string): string {
  return escapeControl(text.slice(0, MAX_TEXT));
}
