/** Ends the client's TLS with a certificate of the bottle's authority, for the host that its CONNECT named and no other. */

import type { Socket } from "node:net";
import { createServer, type Server, type TLSSocket } from "node:tls";
import { type Host, parseHost } from "../../../lib/egress/host/host.ts";
import { BottleError } from "../../../lib/errors.ts";
import type { Leaf, LeafIssuer } from "../../../lib/pki/leaf.ts";

/** In the order of preference. */
const PROTOCOLS = ["h2", "http/1.1"];

interface Expected {
  readonly host: Host;
  readonly done: PromiseWithResolvers<TLSSocket>;
}

/**
 * TLS servers that never listen, one for each certificate: they are fed with sockets whose CONNECT was granted. (A `TLSSocket`
 * made directly hangs, and so does a JS stream below the server. One server that picks the certificate by the client's
 * name would do, but Deno 2.9.6 keeps what belongs to a handshake that such a server does not bring to its end, 6 KiB each,
 * for ever.) A connection is told by its client's address and port, which no two open connections to one listener share.
 */
export class TlsFront {
  readonly #issuer: LeafIssuer;
  readonly #handshakeMs: number;
  readonly #expected = new Map<string, Expected>();
  readonly #servers = new WeakMap<Leaf, Server>();

  /** @param handshakeMs a handshake's end, from the grant on; what came to nothing is kept for as long */
  constructor(issuer: LeafIssuer, handshakeMs: number) {
    this.#issuer = issuer;
    this.#handshakeMs = handshakeMs;
  }

  /**
   * Does the server's part of the handshake. The name that the client asks for must be the CONNECT's; none is accepted
   * only where the CONNECT named an address, since TLS has no server name for those.
   *
   * @param raw a socket that nobody reads
   * @throws {BottleError} `tls-refused`; the socket is destroyed then
   */
  async accept(raw: Socket, host: Host): Promise<TLSSocket> {
    const key = connectionKey(raw);
    const expected: Expected = { host, done: Promise.withResolvers() };
    // It may be refused before it is awaited.
    expected.done.promise.catch(() => {});
    const onClose = (): void => expected.done.reject(refused("The TLS handshake failed"));
    raw.once("close", onClose);
    raw.once("error", onClose);
    this.#expected.set(key, expected);
    try {
      const server = await this.#serverFor(host);
      server.emit("connection", raw);
      return await expected.done.promise;
    } catch (error) {
      raw.destroy();
      throw error;
    } finally {
      this.#expected.delete(key);
      raw.off("close", onClose);
      raw.off("error", onClose);
    }
  }

  #onSecure(socket: TLSSocket): void {
    const expected = this.#expected.get(connectionKey(socket));
    if (expected === undefined) return void socket.destroy();
    if (isServerName(serverNameOf(socket), expected.host)) return expected.done.resolve(socket);
    socket.on("error", () => {});
    socket.destroy();
    expected.done.reject(refused("The TLS server name is not the host of the CONNECT"));
  }

  /** Of the certificate for the CONNECT's host: whatever name a client asks for, none is minted for it. */
  async #serverFor(host: Host): Promise<Server> {
    const leaf = await this.#issuer.leafFor(
      host.kind === "name"
        ? { kind: "name", value: host.name }
        : { kind: "ip", value: host.address.text },
    );
    const known = this.#servers.get(leaf);
    if (known !== undefined) return known;
    const server = createServer({
      ALPNProtocols: PROTOCOLS,
      handshakeTimeout: this.#handshakeMs,
      key: leaf.key_pem,
      cert: leaf.cert_pem,
    });
    server.on("secureConnection", (socket) => this.#onSecure(socket));
    // The raw socket's close tells `accept`; without a listener the error would end the process.
    server.on("tlsClientError", (_error, socket) => void socket?.destroy());
    this.#servers.set(leaf, server);
    return server;
  }
}

function isServerName(serverName: string | undefined, host: Host): boolean {
  if (host.kind === "ip") return serverName === undefined;
  const named = parseHost(serverName ?? "");
  return named.kind === "name" && named.name === host.name;
}

/** Node says `false` where the client sent none, Deno `null` or an empty text. */
function serverNameOf(socket: TLSSocket): string | undefined {
  const name: unknown = Reflect.get(socket, "servername");
  return typeof name === "string" && name !== "" ? name : undefined;
}

function connectionKey(socket: Socket): string {
  return `${socket.remoteAddress} ${socket.remotePort}`;
}

function refused(message: string): BottleError {
  return new BottleError(message, { code: "tls-refused" });
}
