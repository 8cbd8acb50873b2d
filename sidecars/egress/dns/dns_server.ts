/** The answerer for the agent's look-ups: UDP and TCP on one port, never asking anybody. */

import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import type { AuditRow } from "../../../lib/egress/audit/audit_row.ts";
import type { ListenAddress } from "../../../lib/egress/config.ts";
import { DNS_WINDOW_MS, DnsLog } from "../../../lib/egress/dns/dns_log.ts";
import { answerMessage, compileNames } from "../../../lib/egress/dns/dns_policy.ts";
import { BottleError } from "../../../lib/errors.ts";
import { type DnsTcpOptions, serveDnsTcp } from "./dns_tcp.ts";

const FREE_PORT_TRIES = 10;

/** What {@linkcode startDnsServer} takes. */
export interface DnsServerOptions {
  /** Port 0: one that is free, for tests. */
  readonly listen: ListenAddress;
  /** Name → IPv4 address. */
  readonly names: Readonly<Record<string, string>>;
  /** Addresses that are answered; anybody else meets silence. */
  readonly peers: readonly string[];
  /** Folded, see {@linkcode DnsLog}. Must not throw. */
  readonly onRow: (row: AuditRow) => void;
  /** Milliseconds since 1970; default the clock. */
  readonly now?: () => number;
}

/** A running answerer; disposal closes it and tells what was only counted. */
export interface DnsServer extends AsyncDisposable {
  readonly port: number;
}

/**
 * Starts answering: A for the given names, an empty answer for their other types, NXDOMAIN at once for all else.
 * @throws {BottleError} `config-invalid`, `dns-listen`
 */
export async function startDnsServer(options: DnsServerOptions): Promise<DnsServer> {
  const { listen, onRow, now = Date.now } = options;
  const names = compileNames(options.names);
  const peers: ReadonlySet<string> = new Set(options.peers);
  const log = new DnsLog();
  const tell = (rows: readonly AuditRow[]): void => rows.forEach((row) => onRow(row));
  const answer = (message: Uint8Array): Uint8Array | undefined => {
    const { bytes, asked } = answerMessage(message, names);
    if (asked) tell(log.note(asked, now()));
    return bytes;
  };
  await using stack = new AsyncDisposableStack();
  const { udp, tcp, port } = await bindBoth({ listen, peers, answer });
  stack.defer(() => closeUdp(udp));
  stack.use(tcp);
  udp.on("message", (message: Uint8Array, peer: RemoteInfo) => {
    if (!peers.has(peer.address)) return;
    const bytes = answer(message);
    // A datagram that can't be sent is lost like any other; the asker asks again.
    if (bytes) udp.send(bytes, peer.port, peer.address, () => {});
  });
  const timer = setInterval(() => tell(log.flush(now())), DNS_WINDOW_MS);
  stack.defer(() => clearInterval(timer));
  stack.defer(() => tell(log.flush(now(), true)));
  const running = stack.move();
  return { port, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

/** A port that is free for UDP may be taken for TCP: where any will do, another is tried. */
async function bindBoth(
  options: DnsTcpOptions,
): Promise<{ readonly udp: Socket; readonly tcp: AsyncDisposable; readonly port: number }> {
  const { address, port: wanted } = options.listen;
  for (let left = wanted === 0 ? FREE_PORT_TRIES : 1;; left--) {
    const udp = await bindUdp(options.listen);
    const { port } = udp.address();
    try {
      return { udp, port, tcp: serveDnsTcp({ ...options, listen: { address, port } }) };
    } catch (error) {
      await closeUdp(udp);
      if (left <= 1) throw error;
    }
  }
}

function bindUdp({ address, port }: ListenAddress): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const socket = createSocket(address.includes(":") ? "udp6" : "udp4");
  socket.on("error", (cause) =>
    reject(
      new BottleError(`Cannot answer look-ups on "${address}" port ${port}`, {
        code: "dns-listen",
        cause,
      }),
    ));
  socket.bind({ address, port }, () => resolve(socket));
  return promise;
}

function closeUdp(socket: Socket): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  socket.close(() => resolve());
  return promise;
}
