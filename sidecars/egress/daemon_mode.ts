/** Egress as init's daemon: configured, asked and ended over its stdin and stdout; rows go the same way. */

import { parseGrantedBytes } from "../../lib/control/byte_wish.ts";
import { type EgressMethods, RpcErrorCode } from "../../lib/control/protocol.ts";
import { RpcError, RpcPeer } from "../../lib/control/rpc.ts";
import { readCount, readShape } from "../../lib/control/shape.ts";
import { parseEgressConfig, parseRoutes } from "../../lib/egress/config_schema.ts";
import { BottleError } from "../../lib/errors.ts";
import type { AppendRows } from "../audit/audit_sender.ts";
import { type Engine, startEngine } from "./engine.ts";
import type { ReserveBytes } from "./inspect/route_meters.ts";

/** The two streams of a daemon. */
export interface DaemonStreams {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
}

/** The ledger writes a batch in milliseconds; without an answer it goes again. */
const APPEND_MS = 10_000;

/** Serves until `shutdown`, or until init is gone: a proxy that nobody answers for ends. */
export async function runDaemon(
  { readable, writable }: DaemonStreams,
  onLog: (line: string) => void,
): Promise<void> {
  let engine: Engine | undefined;
  let isConfigured = false;
  const ended = Promise.withResolvers<void>();
  const append: AppendRows = async (rows, first, signal) => {
    await peer.call("audit.append", { rows, first }, { signal, timeoutMs: APPEND_MS });
  };
  const reserveBytes: ReserveBytes = async (wish) =>
    parseGrantedBytes(await peer.call("bytes.reserve", wish, { timeoutMs: APPEND_MS }));
  const configure = async (params: unknown): Promise<EgressMethods["configure"][1]> => {
    if (isConfigured) throw new RpcError(RpcErrorCode.alreadyConfigured, "Configured already");
    isConfigured = true;
    try {
      const config = parseEgressConfig(params);
      engine = await startEngine({ config, append, onLog, reserveBytes });
    } catch (error) {
      isConfigured = false;
      throw tellable(error, RpcErrorCode.invalidParams);
    }
    return { ca: engine.ca, ca_sha256: engine.caSha256 };
  };
  const peer = new RpcPeer({
    readable,
    writable,
    handlers: {
      configure,
      stats: () => {
        if (engine === undefined) throw new RpcError(RpcErrorCode.notReady, "Not configured");
        return Promise.resolve(engine.stats());
      },
      "routes.put": (params) =>
        Promise.try(() => {
          if (engine === undefined) throw new RpcError(RpcErrorCode.notReady, "Not configured");
          const shape = readShape(params, "routes.put");
          try {
            engine.replaceRoutes(parseRoutes(shape.routes), readCount(shape, "revision"));
          } catch (error) {
            throw tellable(error, RpcErrorCode.refused);
          }
          return null;
        }),
      shutdown: async () => {
        // The last rows go to init while it still waits for this answer.
        await engine?.close();
        engine = undefined;
        ended.resolve();
        return null;
      },
    },
  });
  await Promise.race([peer.closed, ended.promise]);
  await engine?.close();
  await peer.close();
}

/** Our own words name places and never a value; any other error is a bug, of which only the kind is told. */
function tellable(error: unknown, code: number): unknown {
  if (!(error instanceof BottleError)) return error;
  return new RpcError(code, [error.message, ...error.details].join("; "));
}
