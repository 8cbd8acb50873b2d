/** What egress looks for in a request's head, and would say of it. */

import { BottleError } from "../../errors.ts";
import { requestCodings } from "../response/content_coding.ts";
import { authFor } from "../credential/credentials.ts";
import { printHost } from "../host/host.ts";
import { http1ErrorCode } from "../http1/malformed.ts";
import type { Refused } from "../judge/judge_connect.ts";
import type { AllowedRequest } from "../judge/judge_request.ts";
import type { HeaderList } from "../message.ts";
import { PlaceholderWatch } from "../credential/misplaced.ts";
import type { Placeholder } from "../credential/placeholder.ts";
import { parseOffer } from "../websocket/handshake.ts";

/** What came of it, in words. */
export type ScannedRequest =
  | { readonly ok: true; readonly detail: string }
  | Pick<Refused, "ok" | "reason" | "detail">;

/** Looks at URL and fields; what a body holds nobody knows here. @param placeholders of the bottle */
export function scanRequest(
  { route, scheme, target, path, headers, framing, upgrade }: AllowedRequest,
  placeholders: readonly Placeholder[],
): ScannedRequest {
  let isMarked = false;
  const place = {
    route,
    auth: authFor(route, scheme),
    onMisplaced: () => {
      isMarked = true;
    },
  };
  try {
    const head = { host: printHost(target.host), path, headers };
    new PlaceholderWatch(placeholders).checkHead(head, place);
  } catch (error) {
    if (!(error instanceof BottleError) || error.code !== "placeholder") throw error;
    return { ok: false, reason: "placeholder", detail: error.message };
  }
  const isEmpty = framing.kind === "none" || framing.kind === "length" && framing.length === 0;
  if (!isEmpty && requestCodings(headers) === undefined) {
    const detail = "A body in a coding that can't be looked through";
    return { ok: false, reason: "unreadable-request", detail };
  }
  const fault = upgrade === undefined ? undefined : findOfferFault(headers);
  if (fault !== undefined) return { ok: false, reason: "protocol", detail: fault };
  return {
    ok: true,
    detail: isMarked
      ? "A placeholder is overwritten; marked misplaced-placeholder"
      : "No placeholder in URL and fields; bodies are looked at as they come",
  };
}

/** What a WebSocket's handshake asks for is read last. */
function findOfferFault(headers: HeaderList): string | undefined {
  try {
    parseOffer(headers);
    return undefined;
  } catch (error) {
    if (!(error instanceof BottleError) || http1ErrorCode(error) === undefined) throw error;
    return error.message;
  }
}
