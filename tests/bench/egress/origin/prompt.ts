/**
 * TLS on sockets with TCP_NODELAY, which `Deno.listenTls` can't set: there what is written within 40 ms of something smaller waits for the
 * client's acknowledgement, and an event would be measured with that wait.
 */

import type { Buffer } from "node:buffer";
import { createServer, type Socket } from "node:net";
import { createServer as createTlsServer, type TLSSocket } from "node:tls";
import type { ByteConn } from "../write_all.ts";

/** Listens on 127.0.0.1. @returns the port */
export async function listenPromptly(
  identity: { readonly cert: string; readonly key: string },
  serve: (conn: ByteConn) => Promise<void>,
): Promise<number> {
  const secure = createTlsServer({ ...identity, ALPNProtocols: ["http/1.1"] }, (socket) => {
    serve(new SocketConn(socket)).catch(() => {}).finally(() => socket.destroy());
  });
  secure.on("tlsClientError", (_error, socket) => socket.destroy());
  const tcp = createServer((socket: Socket) => {
    socket.setNoDelay(true);
    socket.on("error", () => socket.destroy());
    secure.emit("connection", socket);
  });
  await new Promise<void>((resolve) => tcp.listen(0, "127.0.0.1", () => resolve()));
  return Number(Object(tcp.address()).port);
}

/** A socket as a `Deno.Conn` is read and written. */
class SocketConn implements ByteConn {
  readonly #socket: TLSSocket;
  #pieces: Uint8Array[] = [];
  #hasEnded = false;
  #wake = (): void => {};

  constructor(socket: TLSSocket) {
    this.#socket = socket;
    socket.on("data", (piece: Buffer) => {
      this.#pieces.push(piece);
      this.#wake();
    });
    const end = (): void => {
      this.#hasEnded = true;
      this.#wake();
    };
    socket.on("end", end).on("close", end).on("error", end);
  }

  async read(into: Uint8Array): Promise<number | null> {
    while (this.#pieces.length === 0) {
      if (this.#hasEnded) return null;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    const [first = new Uint8Array(), ...others] = this.#pieces;
    const count = Math.min(into.length, first.length);
    into.set(first.subarray(0, count));
    this.#pieces = count < first.length ? [first.subarray(count), ...others] : others;
    return count;
  }

  write(bytes: Uint8Array): Promise<number> {
    return new Promise((resolve, reject) =>
      this.#socket.write(bytes, (error) => error ? reject(error) : resolve(bytes.length))
    );
  }
}
