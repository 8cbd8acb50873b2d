/** `audit --verify`: whether an audit is whole and unchanged. */

import { ChainCheck, type CheckedChain } from "../../lib/audit/chain_check.ts";
import type { Services } from "../command.ts";
import { type AuditPlace, openAudit } from "./audit_source.ts";

/** Checks the whole chain, a row at a time. @throws {BottleError} what `openAudit` throws */
export async function verifyAudit(services: Services, place: AuditPlace): Promise<CheckedChain> {
  await using source = await openAudit(services, place);
  const check = new ChainCheck();
  switch (source.kind) {
    case "rows":
      for await (const row of source.rows) check.takeRow(row);
      break;
    case "ledger":
      for await (const row of source.control.audit({ after: 0 }, services.context.signal)) {
        check.takeRow(row);
      }
      break;
    case "lines":
      for await (const line of source.lines) check.takeLine(line);
  }
  return check.end(source.last);
}
