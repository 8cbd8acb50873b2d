/** The supervise daemon: for now the ledger alone, served to init over stdin and stdout. */

import { parseByteWish } from "../../lib/control/byte_wish.ts";
import type { LedgerConfig } from "../../lib/control/protocol.ts";
import { RpcErrorCode } from "../../lib/control/protocol.ts";
import { RpcError, RpcPeer } from "../../lib/control/rpc.ts";
import {
  optional,
  readChoice,
  readCount,
  readList,
  readShape,
  readText,
} from "../../lib/control/shape.ts";
import { parseAuditRow } from "../../lib/audit/row.ts";
import { BottleError } from "../../lib/errors.ts";
import { type BytesOut, openBytesOut } from "./bytes_out.ts";
import { type Batch, type Ledger, openLedger } from "./ledger.ts";

/** Most rows of one `audit.append`. */
const MAX_BATCH = 1000;

/** The two streams of a daemon. */
export interface DaemonStreams {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
}

/** Serves until `shutdown`, or until init is gone: a daemon without init has nobody to answer to. */
export async function runSupervise(streams: DaemonStreams): Promise<void> {
  let ledger: Ledger | undefined;
  const open = (): Ledger => {
    if (ledger === undefined) throw new RpcError(RpcErrorCode.notReady, "Not configured");
    return ledger;
  };
  let budgets = (): BytesOut => {
    throw new RpcError(RpcErrorCode.notReady, "Not configured");
  };
  const ended = Promise.withResolvers<void>();
  const peer = new RpcPeer({
    ...streams,
    handlers: {
      "configure": async (params) => {
        if (ledger !== undefined) {
          throw new RpcError(RpcErrorCode.alreadyConfigured, "Configured already");
        }
        const { path } = parseConfig(params);
        ledger = await refusing(() => openLedger({ path }));
        // A ledger that is only read has no need of it.
        budgets = once(() => openBytesOut(`${path}.bytes_out`));
        return { last: ledger.last };
      },
      "audit.append": (params) => refusing(() => ({ last: open().append(parseBatch(params)) })),
      "audit.tail": (params) => refusing(() => open().tail(parseTail(params))),
      "bytes.reserve": (params) => refusing(() => budgets().reserve(parseByteWish(params))),
      "shutdown": () => Promise.resolve(ended.resolve()),
    },
  });
  await Promise.race([peer.closed, ended.promise]);
  await peer.close();
  ledger?.[Symbol.dispose]();
}

/** The ledger's own word is the answer: init shows it to the person. */
async function refusing<T>(work: () => T): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof BottleError && error.code.startsWith("ledger-")) {
      throw new RpcError(RpcErrorCode.refused, error.message);
    }
    throw error;
  }
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

function parseConfig(params: unknown): LedgerConfig {
  return { path: readText(readShape(params, "ledger"), "path", 4096) };
}

function parseBatch(params: unknown): Batch {
  const shape = readShape(params, "audit.append");
  return {
    source: readText(shape, "source", 128),
    first: optional(shape, "first", () => readCount(shape, "first")),
    rows: readList(shape, "rows", MAX_BATCH).map(parseAuditRow),
  };
}

function parseTail(params: unknown): Parameters<Ledger["tail"]>[0] {
  const shape = readShape(params, "audit.tail");
  const after = optional(shape, "after", () => readCount(shape, "after"));
  const limit = optional(shape, "limit", () => readCount(shape, "limit"));
  const verdict = optional(
    shape,
    "verdict",
    () => readChoice(shape, "verdict", ["blocked"] as const),
  );
  return {
    ...(after === undefined ? {} : { after }),
    ...(limit === undefined ? {} : { limit }),
    ...(verdict === undefined ? {} : { verdict }),
  };
}
