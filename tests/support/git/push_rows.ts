/** The rows that pushes leave. */

import type { AuditRow } from "../../../lib/egress/audit/audit_row.ts";
import type { Gate } from "./gate.ts";

/** All so far, oldest first. */
export function pushRows({ rows }: Pick<Gate, "rows">): readonly AuditRow[] {
  return rows.filter(({ method }) => method === "push");
}

/** The last one, once there are more than so many: a row is on its way when the pusher has its answer. */
export async function pushRowAfter(gate: Pick<Gate, "rows">, count: number): Promise<AuditRow> {
  for (;;) {
    const row = pushRows(gate).slice(count).at(-1);
    if (row !== undefined) return row;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
