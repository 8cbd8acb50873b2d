/** The proxy's port: who may connect, how many at once, and the end of all of them. */

import { createServer, type Server, type Socket } from "node:net";
import type { ListenAddress } from "../../../lib/egress/config.ts";
import { MessageReader } from "../../../lib/egress/http1/message_reader.ts";
import { BottleError } from "../../../lib/errors.ts";
import { ClientStream } from "./client_stream.ts";
import { Http1Response } from "./http1_response.ts";
import type { ClientSide, EngineParts } from "../parts.ts";
import { refusalAnswer, sendAnswer } from "../exchange/respond.ts";
import { serveRequests } from "./serve_client.ts";
import type { TlsFront } from "./tls_front.ts";
import { serveTunnel } from "./tunnel.ts";
import type { Watchdog } from "../watchdog.ts";

/** What {@linkcode listen} takes. */
export interface ListenerParts extends EngineParts {
  readonly front: TlsFront;
  readonly watchdog: Watchdog;
  /** Told of errors that are bugs. */
  readonly onBug: (error: unknown) => void;
}

/** A listening proxy. */
export interface Listener {
  readonly port: number;
  /** Stops accepting and ends idle connections; those at work have `graceMs`, and hold nobody up for longer. */
  close(graceMs: number): Promise<void>;
}

/** From the cut of all connections until they are over. */
const LAST_MS = 100;

interface Open {
  readonly raw: Socket;
  readonly activity: ClientSide["activity"];
}

/** @throws {BottleError} `listen-failed` */
export async function listen(parts: ListenerParts, address: ListenAddress): Promise<Listener> {
  const open = new Set<Open>();
  let onEmpty = (): void => {};
  const serve = async (raw: Socket): Promise<void> => {
    const connection = { raw, activity: { isIdle: false } };
    open.add(connection);
    parts.counters.openConnections = open.size;
    try {
      if (open.size > parts.limits.connections) await refuseOne(parts, raw);
      else await serveConnection(parts, connection);
    } catch (error) {
      parts.onBug(error);
    } finally {
      raw.destroy();
      open.delete(connection);
      parts.counters.openConnections = open.size;
      if (open.size === 0) onEmpty();
    }
  };
  const server = createServer({ allowHalfOpen: true }, (raw) => {
    // A socket between two owners must not end the process by an error that nobody listens for.
    raw.on("error", () => {});
    if (!parts.policy.isPeer(raw.remoteAddress)) return void raw.destroy();
    raw.setNoDelay(true);
    void serve(raw);
  });
  const port = await bind(server, address);
  const close = async (graceMs: number): Promise<void> => {
    server.close();
    for (const { raw, activity } of open) {
      if (activity.isIdle) raw.destroy();
    }
    if (open.size === 0) return;
    const empty = Promise.withResolvers<void>();
    onEmpty = (): void => empty.resolve();
    const cutting = setTimeout(() => {
      for (const { raw } of open) raw.destroy();
    }, graceMs);
    // What then still waits does so for the ledger, and has let nothing pass.
    const leaving = setTimeout(() => empty.resolve(), graceMs + LAST_MS);
    await empty.promise;
    clearTimeout(cutting);
    clearTimeout(leaving);
  };
  return { port, close };
}

async function serveConnection(parts: ListenerParts, { raw, activity }: Open): Promise<void> {
  const watch = parts.watchdog.watch();
  try {
    const client = new ClientStream(raw, raw);
    const side = { client, reader: new MessageReader(client), watch, activity, tunnel: undefined };
    await serveRequests(parts, side, (head) => serveTunnel(parts, side, raw, head));
  } finally {
    watch.end();
  }
}

async function refuseOne(parts: ListenerParts, raw: Socket): Promise<void> {
  const detail = `${parts.limits.connections} connections are open`;
  const client = new ClientStream(raw, raw);
  try {
    const response = new Http1Response(client, "1.1");
    await sendAnswer(response, refusalAnswer("too-many", detail, undefined, undefined), {
      isLast: true,
      isHead: false,
    });
  } catch {
    // It is closed in any case.
  }
}

function bind(server: Server, { address, port }: ListenAddress): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  server.on("error", (cause) =>
    reject(
      new BottleError(`Cannot listen on "${address}" port ${port}`, {
        code: "listen-failed",
        hint: "Take another port, or end the program that holds it",
        cause,
      }),
    ));
  server.listen({ host: address, port, backlog: 511 }, () => {
    const bound = server.address();
    resolve(typeof bound === "object" && bound !== null ? bound.port : port);
  });
  return promise;
}
