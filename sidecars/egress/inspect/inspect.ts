/** What is looked at in one exchange, both ways. */

import type { AuditMark } from "../../../lib/egress/audit/audit_mark.ts";
import type { AllowedRequest } from "../../../lib/egress/judge/judge_request.ts";
import { authFor } from "../../../lib/egress/credential/credentials.ts";
import type { Policy } from "../policy.ts";
import type { ExchangeRecord } from "../exchange/record.ts";
import { RequestScan } from "./request_scan.ts";
import { ResponseRedaction } from "./response_redaction.ts";

/** Of one exchange. */
export interface Inspection {
  readonly scan: RequestScan;
  /** Undefined: the route has no credential, and the response passes as it is. */
  readonly redaction: ResponseRedaction | undefined;
}

/** Prepares it. @param record gets marks */
export function inspect(
  policy: Policy,
  { route, scheme }: Pick<AllowedRequest, "route" | "scheme">,
  record: ExchangeRecord,
): Inspection {
  const finder = policy.credentialFinder(route);
  return {
    scan: new RequestScan(policy.placeholders, {
      route,
      auth: authFor(route, scheme),
      onMisplaced: () => mark(record, "misplaced-placeholder"),
    }),
    redaction: finder &&
      new ResponseRedaction(finder, () => mark(record, "credential-returned")),
  };
}

function mark({ marks }: ExchangeRecord, name: AuditMark): void {
  if (!marks.includes(name)) marks.push(name);
}
