/** WebSocket peers that others have written: the package `ws` on both ends, Deno's own server. */

import { Buffer } from "node:buffer";
import { createServer } from "node:https";
import { connect, isIP, type Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { WebSocket, WebSocketServer } from "../../../lib/deps/ws.ts";
import type { Leaf } from "../../../lib/pki/leaf.ts";
import type { ProxyDoor } from "./proxy.ts";
import { patiently } from "./wire.ts";

/** What a server agrees to. */
export interface Deflate {
  readonly serverNoContextTakeover: boolean;
  readonly clientNoContextTakeover: boolean;
}

/** A running upstream. */
export interface WebSocketUpstream extends AsyncDisposable {
  readonly port: number;
}

/** Sends every message back. @param deflate undefined: it agrees to no compression */
export async function startEcho(
  leaf: Leaf,
  deflate: Deflate | undefined,
): Promise<WebSocketUpstream> {
  const server = createServer({ cert: leaf.cert_pem, key: leaf.key_pem });
  const sockets = new WebSocketServer({
    server,
    perMessageDeflate: deflate === undefined ? false : { ...deflate, threshold: 0 },
    handleProtocols: (protocols) => protocols.values().next().value ?? false,
  });
  sockets.on("connection", (socket) => {
    socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
  });
  const listening = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", () => listening.resolve());
  await listening.promise;
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    async [Symbol.asyncDispose](): Promise<void> {
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      await closed.promise;
    },
  };
}

/** The same by Deno's own WebSocket. */
export function startDenoEcho(leaf: Leaf): WebSocketUpstream {
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    cert: leaf.cert_pem,
    key: leaf.key_pem,
    onListen: () => {},
  }, (request) => {
    const { socket, response } = Deno.upgradeWebSocket(request);
    socket.onmessage = ({ data }): void => socket.send(data);
    return response;
  });
  return { port: server.addr.port, [Symbol.asyncDispose]: () => server.shutdown() };
}

/** One client's connection. */
export class WebSocketClient implements AsyncDisposable {
  readonly socket: WebSocket;
  readonly #messages: string[] = [];
  readonly #closed = Promise.withResolvers<number>();
  #wake = Promise.withResolvers<void>();

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on("message", (data) => {
      this.#messages.push(data.toString("latin1"));
      this.#wake.resolve();
    });
    socket.on("close", (code) => this.#closed.resolve(code));
    socket.on("error", () => {});
  }

  /** Opens one through a proxy. @throws if it is not opened */
  static async open(
    proxy: ProxyDoor,
    authority: string,
    options: {
      readonly perMessageDeflate: boolean;
      readonly protocols?: readonly string[];
      readonly path?: string;
    },
  ): Promise<WebSocketClient> {
    const tls = await openTunnel(proxy, authority);
    const socket = new WebSocket(`wss://${authority}${options.path ?? "/"}`, [
      ...options.protocols ?? [],
    ], {
      createConnection: () => tls,
      perMessageDeflate: options.perMessageDeflate && { threshold: 0 },
    });
    const client = new WebSocketClient(socket);
    const open = Promise.withResolvers<void>();
    socket.once("open", () => open.resolve());
    socket.once("error", (error) => open.reject(error));
    await patiently(open.promise);
    return client;
  }

  /** The code that it was closed with. */
  get closed(): Promise<number> {
    return patiently(this.#closed.promise);
  }

  /** The next message, one character a byte. */
  async message(): Promise<string> {
    for (;;) {
      const first = this.#messages.shift();
      if (first !== undefined) return first;
      await patiently(this.#wake.promise);
      this.#wake = Promise.withResolvers();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.terminate();
    await this.closed;
  }
}

async function openTunnel(proxy: ProxyDoor, authority: string): Promise<TLSSocket> {
  const socket: Socket = connect(proxy.engine.port, "127.0.0.1");
  const granted = Promise.withResolvers<string>();
  socket.once(
    "data",
    (bytes: Uint8Array) => granted.resolve(Buffer.from(bytes).toString("latin1")),
  );
  socket.on("error", (error) => granted.reject(error));
  socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`);
  const answer = await patiently(granted.promise);
  if (!answer.startsWith("HTTP/1.1 200 ")) throw new Error(answer);
  const secure = Promise.withResolvers<void>();
  const host = authority.replace(/:[0-9]+$/, "");
  const tls = connectTls({
    socket,
    host,
    ...(isIP(host) === 0 && { servername: host }),
    ca: proxy.engine.ca.cert_pem,
  });
  tls.once("secureConnect", () => secure.resolve());
  tls.once("error", (error) => secure.reject(error));
  await patiently(secure.promise);
  return tls;
}
