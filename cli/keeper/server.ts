/** A keeper's socket: what it answers, and what a client can't make it do. */

import { join } from "node:path";
import { connectionStreams } from "../../lib/control/connection_streams.ts";
import { type RpcHandler, RpcPeer } from "../../lib/control/rpc.ts";
import { type Door, SOCKET_NAME } from "./door.ts";
import type { KeeperMethods } from "./protocol.ts";

/** Clients at a time: a client asks one question and goes. */
const MAX_CLIENTS = 32;
/** How long a client may stay, in milliseconds: one that says nothing keeps nobody out for long. */
const STAY_MS = 10_000;
/** The longest question, in bytes: none has parameters. */
const MAX_QUESTION = 4 * 1024;

/** What {@linkcode serveKeeper} takes. */
export interface KeeperServerOptions {
  /** The bottle's folder; the caller holds the bottle's lock, so that no other keeper is there. */
  readonly folder: string;
  readonly door: Door;
  /** Each answers from memory. */
  readonly answers: { readonly [M in keyof KeeperMethods]: () => Promise<unknown> };
  /** Default {@linkcode STAY_MS}. */
  readonly stayMs?: number;
}

/** A socket that is listened to. Disposal closes it, once the questions that are being answered have been. */
export interface KeeperServer extends AsyncDisposable {
  /** Removes the socket from the folder: nobody new finds it. Who is connected is still answered. */
  hide(): Promise<void>;
}

/** Listens. @throws {BottleError} `door-unusable`; what the kernel says */
export async function serveKeeper(options: KeeperServerOptions): Promise<KeeperServer> {
  const { folder, door, stayMs = STAY_MS } = options;
  const socket = join(folder, SOCKET_NAME);
  await removeSocket(socket);
  const listener = await door.through(folder, async (path) => {
    const listening = Deno.listen({ transport: "unix", path });
    // Nobody gets as far as here but by a folder that is its owner's only.
    await Deno.chmod(socket, 0o600);
    return listening;
  });
  const handlers: Record<string, RpcHandler> = { ...options.answers };
  const clients = new Set<RpcPeer>();
  const accepting = accept(listener, (connection) => {
    if (clients.size >= MAX_CLIENTS) return connection.close();
    const client = new RpcPeer({
      ...connectionStreams(connection),
      handlers,
      maxLineBytes: MAX_QUESTION,
      maxInFlight: 4,
    });
    clients.add(client);
    const timer = setTimeout(() => void client.close(), stayMs);
    void client.closed.then(async () => {
      clearTimeout(timer);
      await client.close();
      clients.delete(client);
    });
  });
  return {
    hide: () => removeSocket(socket),
    async [Symbol.asyncDispose](): Promise<void> {
      // Closing removes what is found by the path that it was bound by, be it another keeper's: so that leads nowhere now.
      await door.through(join(folder, "nowhere"), async () => {
        listener.close();
        await accepting;
      });
      await Promise.all([...clients].map((client) => client.close()));
    },
  };
}

async function accept(
  listener: Deno.UnixListener,
  take: (connection: Deno.UnixConn) => void,
): Promise<void> {
  for await (const connection of listener) take(connection);
}

async function removeSocket(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
