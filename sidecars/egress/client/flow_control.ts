/**
 * Back-pressure on accepted sockets. `pause()` on a TLS socket stops the events and not the reading (a stalled upload of 268 MB
 * is swallowed whole), and `pause()` on the socket below it can deadlock; only the private handle's `readStop` and
 * `readStart` do what the name says. This is the one module that touches it, and the proxy does not start unless
 * {@linkcode testFlowControl} has seen it work. `tests/unit/sidecars/egress/flow_control_test.ts` tells when it can go.
 */

import { connect, createServer, type Socket } from "node:net";
import { BottleError } from "../../../lib/errors.ts";

/** Stops and starts the reading of one socket. */
export interface FlowControl {
  stop(): void;
  start(): void;
}

/**
 * The flow control of an accepted TCP socket; for TLS that of the socket below it.
 *
 * @throws {BottleError} `flow-control-missing`
 */
export function flowControlOf(raw: Socket): FlowControl {
  const handle: unknown = Reflect.get(raw, "_handle");
  if (typeof handle !== "object" || handle === null) throw missing();
  const stop: unknown = Reflect.get(handle, "readStop");
  const start: unknown = Reflect.get(handle, "readStart");
  if (typeof stop !== "function" || typeof start !== "function") throw missing();
  return {
    stop: () => void Reflect.apply(stop, handle, []),
    start: () => void Reflect.apply(start, handle, []),
  };
}

/**
 * Sends a byte over loopback to a socket that is stopped, and looks that it arrives only once it is started.
 *
 * @throws {BottleError} `flow-control-missing` when this runtime's sockets can't be stopped: the proxy would hold whole
 * uploads in memory, and does not start
 */
export async function testFlowControl(): Promise<void> {
  const server = createServer();
  const accepted = Promise.withResolvers<Socket>();
  server.on("connection", (socket) => accepted.resolve(socket));
  server.on("error", (error) => accepted.reject(error));
  const listening = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", () => listening.resolve());
  await listening.promise;
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const sender = connect(port, "127.0.0.1");
  sender.on("error", (error) => accepted.reject(error));
  try {
    await expectStops(await accepted.promise, sender);
  } finally {
    sender.destroy();
    const closed = Promise.withResolvers<void>();
    server.close(() => closed.resolve());
    await closed.promise;
  }
}

async function expectStops(receiver: Socket, sender: Socket): Promise<void> {
  const arrived = Promise.withResolvers<boolean>();
  let isStopped = true;
  receiver.on("error", () => arrived.resolve(false));
  receiver.on("data", () => arrived.resolve(!isStopped));
  try {
    const flow = flowControlOf(receiver);
    flow.stop();
    sender.write("x");
    await new Promise((resolve) => setTimeout(resolve, 20));
    isStopped = false;
    flow.start();
    const timer = setTimeout(() => arrived.resolve(false), 5_000);
    const isWorking = await arrived.promise;
    clearTimeout(timer);
    if (!isWorking) throw missing();
  } finally {
    receiver.destroy();
  }
}

function missing(): BottleError {
  return new BottleError("This runtime's sockets cannot be stopped from reading", {
    code: "flow-control-missing",
    hint: "Run the version of Deno that the bundle is pinned to",
  });
}
