/** The host's end of the control channel. */

import type { LedgerRow } from "../egress/audit/audit_row.ts";
import type { AuditTailParams, HostMethods } from "./protocol.ts";

/** One long-lived, multiplexed stream to a bundle's init. Disposing closes the stream, not the bottle. */
export interface ControlClient extends AsyncDisposable {
  /** Calls a method of init. @throws {BottleError} `control-lost` when the stream ends before the answer; `control-refused` with init's word, `control-conflict` */
  call<M extends keyof HostMethods>(
    method: M,
    params: HostMethods[M][0],
    options?: { readonly signal?: AbortSignal; readonly timeoutMs?: number },
  ): Promise<HostMethods[M][1]>;
  /** Resolves when the stream has ended, whoever ended it. */
  readonly closed: Promise<void>;
  /** Rows as they come: first those there are, then the later ones if `follow`. */
  audit(params: AuditTailParams, signal?: AbortSignal): AsyncIterable<LedgerRow>;
}
