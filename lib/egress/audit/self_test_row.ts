/** The launch's self-test among the rows of the audit. */

import type { AuditRow } from "./audit_row.ts";

/** What the self-test asks for, to see it refused: a name that can't be anybody's (RFC 6761, 6.4). */
export const SELF_TEST_DENIED_HOST = "self-test.bot-bottle.invalid";

/** Whether a row is of the launch's self-test: nothing that the agent asked for, so that no count has it. */
export function isOfSelfTest({ kind, host }: Pick<AuditRow, "kind" | "host">): boolean {
  return kind === "self-test" || host === SELF_TEST_DENIED_HOST;
}
