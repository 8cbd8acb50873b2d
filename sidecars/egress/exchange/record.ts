/** What becomes known of one exchange, and the row that it ends as. */

import type { AuditMark } from "../../../lib/egress/audit/audit_mark.ts";
import type { AuditRow, FailReason, Verdict } from "../../../lib/egress/audit/audit_row.ts";
import { escapeControl } from "../../../lib/egress/escape.ts";
import { printHost } from "../../../lib/egress/host/host.ts";
import type { ConnectTarget } from "../../../lib/egress/judge/judge_connect.ts";
import type { BlockReason } from "../../../lib/egress/reason.ts";
import { redactPath } from "../../../lib/egress/credential/redact.ts";

/** How an exchange ended. */
export type Outcome =
  | { readonly verdict: "allowed" }
  | { readonly verdict: "blocked"; readonly reason: BlockReason; readonly detail: string }
  | { readonly verdict: "failed"; readonly reason: FailReason; readonly detail: string };

/** A route's matches can be long, and the ledger refuses a row that is too long: everything behind it would wait. */
const MAX_DETAIL = 1_024;

/** Filled in while the exchange goes on. */
export class ExchangeRecord {
  kind: AuditRow["kind"] = "http";
  method = "";
  scheme: AuditRow["scheme"] = "";
  target: ConnectTarget | undefined;
  path = "";
  route: string | undefined;
  credential: string | undefined;
  /** Its head, and so the credential, is on its way to the upstream. */
  hasLeft = false;
  /** Status sent to the client; 0: none yet. */
  status = 0;
  bytesUp = 0;
  bytesDown = 0;
  readonly marks: AuditMark[] = [];
  readonly #time = new Date();
  readonly #started = performance.now();

  /** Canonical; empty where none was understood. */
  get host(): string {
    return this.target === undefined ? "" : printHost(this.target.host);
  }

  /** @param redact takes known credentials out of a text */
  toRow(outcome: Outcome, redact: (text: string) => string): AuditRow {
    // A body that turns out malformed: the upstream has its beginning.
    const isPart = this.hasLeft && outcome.verdict === "blocked";
    const marks = isPart ? [...this.marks, "sent-in-part"] : [...this.marks];
    return {
      time: this.#time.toISOString(),
      kind: this.kind,
      method: this.method,
      scheme: this.scheme,
      host: this.host,
      port: this.target?.port ?? 0,
      path: redactPath(this.path, redact),
      verdict: outcome.verdict satisfies Verdict,
      ...(outcome.verdict === "allowed" ? {} : {
        reason: outcome.reason,
        detail: escapeControl(redact(outcome.detail)).slice(0, MAX_DETAIL),
      }),
      ...(this.route === undefined ? {} : { route: this.route }),
      ...(this.credential === undefined || !this.hasLeft ? {} : { credential: this.credential }),
      ...(marks.length === 0 ? {} : { marks }),
      status: this.status,
      bytes_up: this.bytesUp,
      bytes_down: this.bytesDown,
      duration_ms: Math.round(performance.now() - this.#started),
    };
  }
}
