/** Answers of the proxy's own. */

import type { FailReason } from "../../../lib/egress/audit/audit_row.ts";
import { printHost } from "../../../lib/egress/host/host.ts";
import type { HeaderList } from "../../../lib/egress/message.ts";
import type { ConnectTarget } from "../../../lib/egress/judge/judge_connect.ts";
import type { BlockReason } from "../../../lib/egress/reason.ts";
import { refusal } from "../../../lib/egress/refusal.ts";
import type { ResponseWriter } from "../client/client_exchange.ts";

/** A whole answer. */
export interface Answer {
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: Uint8Array;
}

/** Reason phrases of what the proxy itself says; any other status goes without. */
const phrases: ReadonlyMap<number, string> = new Map([
  [200, "OK"],
  [400, "Bad Request"],
  [403, "Forbidden"],
  [413, "Content Too Large"],
  [429, "Too Many Requests"],
  [431, "Request Header Fields Too Large"],
  [502, "Bad Gateway"],
  [503, "Service Unavailable"],
  [504, "Gateway Timeout"],
]);

/** The answer to what is refused. */
export function refusalAnswer(
  reason: BlockReason,
  detail: string,
  target: ConnectTarget | undefined,
  route: string | undefined,
  retryAfterS?: number,
): Answer {
  const host = target === undefined ? "" : printHost(target.host);
  return refusal(reason, { detail, host, route, retryAfterS });
}

/** The answer to what was allowed and failed before the upstream had answered. */
export function failureAnswer(reason: FailReason, detail: string): Answer {
  const status = reason === "upstream-timeout" || reason === "client-timeout" ? 504 : 502;
  return jsonAnswer(status, { error: "failed", reason, detail }, [[
    "x-bot-bottle-failure",
    reason,
  ]]);
}

/** A JSON document. */
export function jsonAnswer(status: number, document: unknown, headers: HeaderList = []): Answer {
  const body = new TextEncoder().encode(`${JSON.stringify(document)}\n`);
  return {
    status,
    headers: [
      ["content-type", "application/json"],
      ["content-length", String(body.length)],
      ["cache-control", "no-store"],
      ...headers,
    ],
    body,
  };
}

/**
 * Writes an answer in one piece.
 *
 * @param isHead the request was a HEAD: the body is left out
 * @throws {BottleError} `client-closed`
 */
export async function sendAnswer(
  response: ResponseWriter,
  { status, headers, body }: Answer,
  { isLast, isHead }: { readonly isLast: boolean; readonly isHead: boolean },
): Promise<void> {
  response.start({
    status,
    reason: phrases.get(status) ?? "",
    headers,
    framing: isHead ? { kind: "none" } : { kind: "length", length: body.length },
    isLast,
  });
  if (!isHead) response.add(body);
  await response.end([]);
}
