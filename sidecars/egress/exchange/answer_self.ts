/** What the proxy serves itself, under the one name that no host can have: the launch's self-test, and the routes. */

import { allowlistOf } from "../../../lib/egress/route/allowlist.ts";
import type { Reservation } from "../../../lib/egress/audit/audit_queue.ts";
import { answerExchange, refuse } from "./answer.ts";
import type { ClientExchange } from "../client/client_exchange.ts";
import type { EngineParts } from "../parts.ts";
import type { ExchangeRecord } from "./record.ts";
import { jsonAnswer } from "./respond.ts";
import { isForAllowlist, runSelfTest } from "./self_test.ts";

/**
 * Answers a request that is for the proxy itself.
 *
 * @param client whose request `isForSelf`
 */
export async function answerSelf(
  parts: EngineParts,
  client: ClientExchange,
  record: ExchangeRecord,
  reservation: Reservation,
): Promise<void> {
  const { head } = client;
  if (isForAllowlist(head)) {
    record.path = "/allowlist";
    return await answerExchange(parts, client, {
      record,
      reservation,
      answer: jsonAnswer(200, allowlistOf(parts.policy.routes, Date.now())),
      outcome: { verdict: "allowed" },
    });
  }
  const result = runSelfTest(head, parts.policy.selfTest);
  if (!result.ok) {
    const { detail } = result;
    return await refuse(parts, client, record, reservation, {
      ok: false,
      reason: "no-match",
      detail,
    });
  }
  // Only the launch knows the placeholder: what an agent asks here is counted, and folded, as any other request.
  record.kind = "self-test";
  await answerExchange(parts, client, {
    record,
    reservation,
    answer: jsonAnswer(200, { sha256: result.sha256 }),
    outcome: { verdict: "allowed" },
  });
}
