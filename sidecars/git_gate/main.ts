/** The git-gate daemon: configured and ended by init over its stdin and stdout; rows go the same way. */

import { type GitGateMethods, RpcErrorCode } from "../../lib/control/protocol.ts";
import { RpcError, RpcPeer } from "../../lib/control/rpc.ts";
import { BottleError } from "../../lib/errors.ts";
import { parseGitGateConfig } from "../../lib/git_gate/config_schema.ts";
import type { AppendRows } from "../audit/audit_sender.ts";
import { type Gate, startGate } from "./engine.ts";

/** Options of {@linkcode runGitGate}. */
export interface GitGateOptions {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
  /** Gets log lines. */
  readonly onLog: (line: string) => void;
}

/** The ledger writes a batch in milliseconds; without an answer it goes again. */
const APPEND_MS = 10_000;

/** Serves until `shutdown`, or until init is gone: a gate that nobody answers for ends. */
export async function runGitGate({ readable, writable, onLog }: GitGateOptions): Promise<void> {
  let gate: Gate | undefined;
  let isConfigured = false;
  const ended = Promise.withResolvers<void>();
  const append: AppendRows = async (rows, first, signal) => {
    await peer.call("audit.append", { rows, first }, { signal, timeoutMs: APPEND_MS });
  };
  const configure = async (params: unknown): Promise<GitGateMethods["configure"][1]> => {
    if (isConfigured) throw new RpcError(RpcErrorCode.alreadyConfigured, "Configured already");
    isConfigured = true;
    try {
      gate = await startGate({ config: parseGitGateConfig(params), append, onLog });
    } catch (error) {
      isConfigured = false;
      throw tellable(error);
    }
    return {};
  };
  const peer = new RpcPeer({
    readable,
    writable,
    handlers: {
      configure,
      shutdown: async () => {
        // The last rows go to init while it still waits for this answer.
        await gate?.close();
        gate = undefined;
        ended.resolve();
        return null;
      },
    },
  });
  await Promise.race([peer.closed, ended.promise]);
  await gate?.close();
  await peer.close();
}

/** Our own words name places and never a value; any other error is a bug, of which only the kind is told. */
function tellable(error: unknown): unknown {
  if (!(error instanceof BottleError)) return error;
  return new RpcError(RpcErrorCode.invalidParams, [error.message, ...error.details].join("; "));
}
