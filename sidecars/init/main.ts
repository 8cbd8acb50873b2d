/** Init: keeps the bundle's daemons, and is the only one that the host talks to. */

import { connectionStreams } from "../../lib/control/connection_streams.ts";
import { CONTROL_SOCKET, type DaemonName } from "../../lib/control/protocol.ts";
import type { RpcPeer } from "../../lib/control/rpc.ts";
import type { Clock } from "../../lib/context.ts";
import type { DaemonProcess } from "../../lib/process/daemon.ts";
import { Bundle } from "./bundle.ts";
import type { StartOptions } from "./daemons.ts";
import { serveHost } from "./host_stream.ts";

/** Options of {@linkcode runInit}. */
export interface InitOptions {
  /** Starts a daemon; it gets nothing but its name. */
  readonly start: (name: DaemonName, options: StartOptions) => DaemonProcess;
  /** Ends what a daemon that is gone left running. */
  readonly endLeftovers: (name: DaemonName) => Promise<void>;
  readonly clock: Clock;
  /** Ends init in good order: SIGTERM, SIGINT. */
  readonly signal: AbortSignal;
  /** Gets log lines, without a line end. */
  readonly onLog: (line: string) => void;
  /** Default {@linkcode CONTROL_SOCKET}. Its folder is made, for its owner alone. */
  readonly socket?: string;
  /** Called when streams are accepted. */
  readonly onListening?: () => void;
}

/** Streams from the host at a time: a keeper, a few commands, a dashboard. */
const MAX_STREAMS = 64;

/** Serves until `shutdown` or the signal; the daemons have ended when it resolves. */
export async function runInit(options: InitOptions): Promise<void> {
  const socket = options.socket ?? CONTROL_SOCKET;
  await Deno.mkdir(socket.slice(0, socket.lastIndexOf("/")), { recursive: true, mode: 0o700 });
  const bundle = new Bundle({ ...options, bootId: crypto.randomUUID() });
  const over = Promise.withResolvers<void>();
  let ending: Promise<void> | undefined;
  const shutdown = (): Promise<void> => ending ??= bundle.shutdown().finally(over.resolve);
  const listener = Deno.listen({ transport: "unix", path: socket });
  const streams = new Set<RpcPeer>();
  const accepting = accept(listener, streams, bundle, shutdown);
  options.onListening?.();
  const onSignal = (): void => void shutdown();
  options.signal.addEventListener("abort", onSignal);
  if (options.signal.aborted) onSignal();
  await over.promise;
  options.signal.removeEventListener("abort", onSignal);
  listener.close();
  await accepting;
  await Promise.all([...streams].map((stream) => stream.close()));
}

async function accept(
  listener: Deno.UnixListener,
  streams: Set<RpcPeer>,
  bundle: Bundle,
  shutdown: () => Promise<void>,
): Promise<void> {
  for await (const connection of listener) {
    if (streams.size >= MAX_STREAMS) {
      connection.close();
      continue;
    }
    const stream = serveHost(connectionStreams(connection), bundle, shutdown);
    streams.add(stream);
    void stream.closed.then(() => streams.delete(stream));
  }
}
