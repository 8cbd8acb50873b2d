/** The ledger of a bottle whose bundle does not run, or was never configured again: read from its volume. */

import type { LedgerRow } from "../../lib/egress/audit/audit_row.ts";
import { parseAuditTailResult } from "../../lib/control/answers.ts";
import { LEDGER_FOLDER, LEDGER_PATH } from "../../lib/control/protocol.ts";
import { RpcError, RpcPeer } from "../../lib/control/rpc.ts";
import { BottleError } from "../../lib/errors.ts";
import { type HomeId, resourceName, type Slug } from "../../lib/names.ts";
import type { Engine } from "../engine/engine.ts";
import { labelArgs } from "../engine/labels.ts";

/** What {@linkcode readStoredLedger} needs. */
export interface StoredLedger {
  readonly slug: Slug;
  readonly homeId: HomeId;
  /** Image of the bottle's bundle. */
  readonly image: string;
}

/** How long one answer may take, a cold container's start included. */
const ANSWER_MS = 20_000;
const BATCH = 10_000;

/**
 * Runs the ledger's daemon alone, without a network, on the bottle's volume, and asks it for all rows, page after page.
 *
 * @throws {BottleError} `ledger-unreadable` with the ledger's word, or what the engine says
 */
export async function* readStoredLedger(
  engine: Pick<Engine, "duplex">,
  ledger: StoredLedger,
  signal?: AbortSignal,
): AsyncGenerator<LedgerRow, void, void> {
  const options = { timeoutMs: ANSWER_MS, ...(signal === undefined ? {} : { signal }) };
  await using daemon = engine.duplex(readerArgs(ledger), signal === undefined ? {} : { signal });
  const peer = new RpcPeer({ readable: daemon.readable, writable: daemon.writable });
  try {
    await peer.call("configure", { path: LEDGER_PATH }, options);
    let after = 0;
    for (let more = true; more;) {
      const params = { after, limit: BATCH };
      const answer = parseAuditTailResult(await peer.call("audit.tail", params, options));
      yield* answer.rows;
      after = answer.rows.at(-1)?.seq ?? after;
      more = answer.more || answer.rows.length === BATCH;
    }
    peer.notify("shutdown", null);
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    throw new BottleError(`Cannot read the ledger of "${ledger.slug}": ${error.message}`, {
      code: "ledger-unreadable",
      cause: error,
    });
  } finally {
    await peer.close();
  }
}

/** The argv after `docker`. */
export function readerArgs({ slug, homeId, image }: StoredLedger): readonly string[] {
  const labels = labelArgs({ home: homeId, slug, role: "builder" });
  const volume = resourceName(slug, "ledger");
  return [
    ...["run", "--rm", "--pull=never", "--interactive", ...labels],
    ...["--network", "none", "--read-only", "--user", "1003:1003"],
    ...["--cap-drop", "ALL", "--security-opt", "no-new-privileges"],
    ...["--memory", "256m", "--pids-limit", "64", "--log-driver", "none"],
    ...["--mount", `type=volume,source=${volume},target=${LEDGER_FOLDER}`],
    ...["--entrypoint", "/usr/local/bin/deno", image],
    ...["run", "--no-prompt", "--no-config", "--no-lock", "--no-remote", "--no-npm"],
    ...[`--allow-read=${LEDGER_FOLDER}`, `--allow-write=${LEDGER_FOLDER}`],
    ...["/usr/local/lib/bot-bottle/sidecars.js", "supervise"],
  ];
}
