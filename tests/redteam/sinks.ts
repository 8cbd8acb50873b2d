/** Listeners of the test's own: they decide whether an attack got through. */

import { createSocket } from "node:dgram";
import { createServer, type Server } from "node:net";

/** Something that must see nothing. */
export interface Sink extends AsyncDisposable {
  /** How often it was reached; 0: the control holds. */
  seen(): number | Promise<number>;
  /** Where it listens; 0 where that means nothing. */
  readonly port: number;
  /** What an attack sends: unlike anything that others send at the same time. */
  readonly marker: string;
}

/** Words that nobody else says. */
export function makeMarker(): string {
  return `marker-${crypto.randomUUID()}`;
}

/** Counts connections on an address of the host, all IPv4 ones unless told; port 0: a free one. */
export async function tcpSink(port = 0, host = "0.0.0.0"): Promise<Sink> {
  let seen = 0;
  const server: Server = createServer((socket) => {
    seen++;
    socket.on("error", () => {});
    socket.destroy();
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen({ port, host }, resolve);
  await promise;
  const bound = server.address();
  return {
    seen: () => seen,
    port: typeof bound === "object" && bound !== null ? bound.port : 0,
    marker: makeMarker(),
    [Symbol.asyncDispose]: async (): Promise<void> => {
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      await closed.promise;
    },
  };
}

/** Counts datagrams with the marker, wherever on the host they arrive; port 0: a free one. */
export async function udpSink(port = 0, host = "0.0.0.0"): Promise<Sink> {
  let seen = 0;
  const marker = makeMarker();
  const socket = createSocket({ type: host.includes(":") ? "udp6" : "udp4", reuseAddr: true });
  socket.on("message", (message) => {
    if (message.includes(marker)) seen++;
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.once("error", reject);
  socket.bind(port, host, resolve);
  await promise;
  return {
    seen: () => seen,
    port: socket.address().port,
    marker,
    [Symbol.asyncDispose]: async (): Promise<void> => {
      const closed = Promise.withResolvers<void>();
      socket.close(() => closed.resolve());
      await closed.promise;
    },
  };
}

/** One that sees what any of several sees, all with one marker: the first's. */
export function sinkOf(first: Sink, ...others: readonly Sink[]): Sink {
  const all = [first, ...others];
  return {
    seen: async () => {
      const counts = await Promise.all(all.map((sink) => sink.seen()));
      return counts.reduce((sum, count) => sum + count, 0);
    },
    port: first.port,
    marker: first.marker,
    [Symbol.asyncDispose]: async (): Promise<void> => {
      for (const sink of all) await sink[Symbol.asyncDispose]();
    },
  };
}

/** Counts the echo requests that the host has received since now (`InEchos`). */
export async function echoSink(): Promise<Sink> {
  const before = await readEchos();
  return {
    seen: async () => await readEchos() - before,
    port: 0,
    marker: makeMarker(),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

async function readEchos(): Promise<number> {
  const lines = (await Deno.readTextFile("/proc/net/snmp")).split("\n");
  const [names = "", values = ""] = lines.filter((line) => line.startsWith("Icmp:"));
  const at = names.split(" ").indexOf("InEchos");
  return Number(values.split(" ")[at]);
}

/** One that has seen whatever is on a list. */
export function deedSink(deeds: readonly string[]): Sink {
  return {
    seen: () => deeds.length,
    port: 0,
    marker: makeMarker(),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
