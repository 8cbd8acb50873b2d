/** One stream from the host: what may be called on it, and the rows that it follows. */

import { RpcErrorCode } from "../../lib/control/protocol.ts";
import { RpcError, RpcPeer } from "../../lib/control/rpc.ts";
import {
  optional,
  readChoice,
  readCount,
  readFlag,
  readShape,
  type Shape,
} from "../../lib/control/shape.ts";
import type { Bundle } from "./bundle.ts";
import { Follower, type TailQuery } from "./followers.ts";

/** The two directions of a connection. */
export interface HostConnection {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
}

/** Followers of one stream. */
const MAX_FOLLOWERS = 16;

/**
 * Serves a stream until it ends.
 *
 * @param onShutdown called by `shutdown`; resolves when the daemons have ended
 */
export function serveHost(
  connection: HostConnection,
  bundle: Bundle,
  onShutdown: () => Promise<void>,
): RpcPeer {
  const followers = new Map<number, Follower>();
  const unfollow = (subscription: number): void => {
    const follower = followers.get(subscription);
    if (follower === undefined) return;
    follower.stop();
    bundle.followers.delete(follower);
    followers.delete(subscription);
  };
  const peer = new RpcPeer({
    readable: connection.readable,
    writable: connection.writable,
    handlers: {
      "configure": (params) => bundle.configure(params),
      "ready": () => Promise.resolve(bundle.ready()),
      "stats": () => bundle.stats(),
      "audit.tail": async (params) => {
        const { query, subscription } = parseTail(params);
        const page = await bundle.tail(query);
        if (subscription !== undefined) follow(subscription, query, page.last);
        return page;
      },
      "routes.get": () => Promise.try(() => bundle.routes.get()),
      "routes.put": (params) => bundle.routes.put(params),
      "shutdown": async () => {
        await onShutdown();
        return null;
      },
    },
    onNotify: (method, params) => {
      if (method === "audit.unfollow") unfollow(subscriptionOf(params));
    },
  });
  const follow = (subscription: number, query: TailQuery, after: number): void => {
    unfollow(subscription);
    if (followers.size >= MAX_FOLLOWERS) {
      throw new RpcError(RpcErrorCode.refused, "Too many followers on one stream");
    }
    const follower = new Follower({
      after,
      verdict: query.verdict,
      tail: (next) => bundle.tail(next),
      send: (row) => peer.notify("audit.row", { subscription, row }),
    });
    followers.set(subscription, follower);
    bundle.followers.add(follower);
  };
  void peer.closed.then(() => {
    for (const subscription of [...followers.keys()]) unfollow(subscription);
  });
  return peer;
}

/** A notification is never answered: one that is malformed names no follower. */
function subscriptionOf(params: unknown): number {
  try {
    return readCount(readShape(params, "audit.unfollow"), "subscription");
  } catch {
    return -1;
  }
}

/** `subscription` is undefined unless the caller wants to follow. */
function parseTail(
  params: unknown,
): { readonly query: TailQuery; readonly subscription: number | undefined } {
  const shape: Shape = readShape(params ?? {}, "audit.tail");
  const after = optional(shape, "after", () => readCount(shape, "after"));
  const limit = optional(shape, "limit", () => readCount(shape, "limit"));
  const verdict = optional(
    shape,
    "verdict",
    () => readChoice(shape, "verdict", ["blocked"] as const),
  );
  const isFollow = optional(shape, "follow", () => readFlag(shape, "follow")) ?? false;
  const subscription = optional(shape, "subscription", () => readCount(shape, "subscription"));
  return {
    query: {
      ...(after === undefined ? {} : { after }),
      ...(limit === undefined ? {} : { limit }),
      ...(verdict === undefined ? {} : { verdict }),
    },
    subscription: isFollow ? subscription ?? 0 : undefined,
  };
}
