/** Ends the client's TLS with a certificate of the bottle's authority, for the host that its CONNECT named and no other. */

import type { Socket } from "node:net";
import {
  createSecureContext,
  createServer,
  type SecureContext,
  type Server,
  type TLSSocket,
} from "node:tls";
import { type Host, parseHost, printHost } from "../../../lib/egress/host/host.ts";
import { BottleError } from "../../../lib/errors.ts";
import type { Leaf, LeafIssuer } from "../../../lib/pki/leaf.ts";

/** In the order of preference. */
const PROTOCOLS = ["h2", "http/1.1"];

interface Expected {
  readonly host: Host;
  readonly done: PromiseWithResolvers<TLSSocket>;
}

/**
 * One TLS server that never listens: it is fed with sockets whose CONNECT was granted. (A `TLSSocket` made directly
 * hangs, and so does a JS stream below the server.) A connection is told by its client's address and port, which
 * no two open connections to one listener share.
 */
export class TlsFront {
  readonly #issuer: LeafIssuer;
  readonly #byName: Server;
  readonly #expected = new Map<string, Expected>();
  readonly #contexts = new WeakMap<Leaf, SecureContext>();

  constructor(issuer: LeafIssuer) {
    this.#issuer = issuer;
    this.#byName = createServer({
      ALPNProtocols: PROTOCOLS,
      SNICallback: (name, callback) => {
        this.#contextFor(name).then((context) => callback(null, context), (error) => {
          callback(error instanceof Error ? error : new Error("no certificate"));
        });
      },
    });
    this.#listen(this.#byName);
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
      const server = host.kind === "name" ? this.#byName : await this.#serverFor(host);
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

  #listen(server: Server): void {
    server.on("secureConnection", (socket) => this.#onSecure(socket));
    // The raw socket's close tells `accept`; without a listener the error would end the process.
    server.on("tlsClientError", (_error, socket) => void socket?.destroy());
  }

  #onSecure(socket: TLSSocket): void {
    const expected = this.#expected.get(connectionKey(socket));
    if (expected === undefined) return void socket.destroy();
    if (isServerName(serverNameOf(socket), expected.host)) return expected.done.resolve(socket);
    socket.on("error", () => {});
    socket.destroy();
    expected.done.reject(refused("The TLS server name is not the host of the CONNECT"));
  }

  /** Mints for names that a granted CONNECT waits for, and for nothing that a client merely asks for. */
  async #contextFor(serverName: string): Promise<SecureContext> {
    const host = parseHost(serverName);
    const isExpected = host.kind === "name" &&
      this.#expected.values().some((one) => printHost(one.host) === host.name);
    if (!isExpected) throw refused("The TLS server name is not the host of a CONNECT");
    return this.#contextOf(await this.#issuer.leafFor({ kind: "name", value: host.name }));
  }

  /** For a client that sends no name there is the server's own certificate only: so each address has its server. */
  async #serverFor(host: Host & { readonly kind: "ip" }): Promise<Server> {
    const leaf = await this.#issuer.leafFor({ kind: "ip", value: host.address.text });
    const server = createServer({
      ALPNProtocols: PROTOCOLS,
      key: leaf.key_pem,
      cert: leaf.cert_pem,
    });
    this.#listen(server);
    return server;
  }

  #contextOf(leaf: Leaf): SecureContext {
    const known = this.#contexts.get(leaf);
    if (known !== undefined) return known;
    const context = createSecureContext({ key: leaf.key_pem, cert: leaf.cert_pem });
    this.#contexts.set(leaf, context);
    return context;
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
