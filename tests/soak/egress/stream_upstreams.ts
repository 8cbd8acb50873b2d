/** Upstreams that send back what comes while it comes: calls of gRPC, and WebSockets. */

import type { Leaf } from "../../../lib/pki/leaf.ts";
import { startHttp2Upstream } from "../../support/egress/http2/peers.ts";
import { startEcho } from "../../support/egress/websocket_peers.ts";

/** A running pair on 127.0.0.1, over TLS. It may be disposed twice. */
export interface StreamUpstreams extends AsyncDisposable {
  readonly callPort: number;
  readonly socketPort: number;
}

/** Starts it. */
export async function startStreamUpstreams(leaf: Leaf): Promise<StreamUpstreams> {
  await using stack = new AsyncDisposableStack();
  const calls = stack.use(
    await startHttp2Upstream(leaf, (stream) => {
      let bytes = 0;
      stream.respond({ ":status": 200, "content-type": "application/grpc" }, {
        waitForTrailers: true,
      });
      stream.on("data", (piece: Uint8Array) => bytes += piece.length);
      stream.on("wantTrailers", () => {
        stream.sendTrailers({ "grpc-status": "0", "x-bytes": String(bytes) });
      });
      stream.pipe(stream);
    }),
  );
  const sockets = stack.use(
    await startEcho(leaf, { serverNoContextTakeover: false, clientNoContextTakeover: false }),
  );
  const running = stack.move();
  return {
    callPort: calls.port,
    socketPort: sockets.port,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
