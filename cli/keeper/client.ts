/** Asking a keeper. */

import { join } from "node:path";
import { connectionStreams } from "../../lib/control/connection_streams.ts";
import { RpcPeer } from "../../lib/control/rpc.ts";
import type { Slug } from "../../lib/names.ts";
import type { Door } from "./door.ts";
import { keeperAnswers, type KeeperMethods, MAX_KEEPER_LINE } from "./protocol.ts";

/** How long a keeper may take to answer, in milliseconds: it does so from memory. */
const ANSWER_MS = 3_000;

/** What {@linkcode askKeeper} needs to find one. */
export interface KeeperPlace {
  readonly door: Door;
  /** Absolute. */
  readonly home: string;
}

/** The folder of a bottle in its home: its keeper's socket and log are there. */
export function bottleFolder(home: string, slug: Slug): string {
  return join(home, "state", slug);
}

/**
 * Asks the keeper of a bottle. Undefined: it has none, or none that answers as a keeper does; a socket that a killed keeper has left is
 * none.
 *
 * @throws {BottleError} `door-unusable`
 */
export async function askKeeper<M extends keyof KeeperMethods>(
  { door, home }: KeeperPlace,
  slug: Slug,
  method: M,
  signal?: AbortSignal,
): Promise<KeeperMethods[M] | undefined> {
  const connection = await door.through(bottleFolder(home, slug), connect);
  if (connection === undefined) return undefined;
  const peer = new RpcPeer({
    ...connectionStreams(connection),
    maxLineBytes: MAX_KEEPER_LINE,
  });
  try {
    const answer = await peer.call(method, null, {
      timeoutMs: ANSWER_MS,
      ...(signal === undefined ? {} : { signal }),
    });
    return keeperAnswers[method](answer);
  } catch (error) {
    signal?.throwIfAborted();
    // It ended in the middle, or it is something else: whoever needs it gets on without.
    if (error instanceof Error) return undefined;
    throw error;
  } finally {
    await peer.close();
  }
}

async function connect(path: string): Promise<Deno.UnixConn | undefined> {
  try {
    return await Deno.connect({ transport: "unix", path });
  } catch (error) {
    const isNobody = error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.ConnectionRefused;
    if (isNobody) return undefined;
    throw error;
  }
}
