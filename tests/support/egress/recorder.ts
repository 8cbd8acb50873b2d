/** An upstream that keeps every byte it gets: it decides what went out, and no status code does. */

import type { Leaf } from "../../../lib/pki/leaf.ts";
import { Wire } from "./wire.ts";

/** What the upstream does with one connection; the connection closes when it returns. */
export type Behaviour = (wire: Wire) => Promise<void>;

/** A running upstream on 127.0.0.1. */
export interface Recorder extends AsyncDisposable {
  readonly port: number;
  /** One for each connection that came, in order. */
  readonly wires: readonly Wire[];
  /** All that was received, of all connections. */
  readonly received: string;
}

/** Starts an upstream. @param leaf undefined: plain TCP @param alpnProtocols what TLS may agree on */
export function startRecorder(
  leaf: Leaf | undefined,
  behaviour: Behaviour = answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"),
  alpnProtocols: string[] = [],
): Recorder {
  const address = { hostname: "127.0.0.1", port: 0 };
  const listener = leaf === undefined
    ? Deno.listen(address)
    : Deno.listenTls({ ...address, cert: leaf.cert_pem, key: leaf.key_pem, alpnProtocols });
  const wires: Wire[] = [];
  const serving: Promise<void>[] = [];
  const accepting = (async () => {
    for await (const conn of listener) {
      const wire = new Wire(conn);
      wires.push(wire);
      serving.push(serve(wire, behaviour));
    }
  })();
  return {
    port: listener.addr.port,
    wires,
    get received(): string {
      return wires.map((wire) => wire.received).join("");
    },
    async [Symbol.asyncDispose](): Promise<void> {
      listener.close();
      await accepting.catch(() => {});
      for (const wire of wires) wire.close();
      await Promise.allSettled(serving);
    },
  };
}

/** Answers every request of a connection alike, after its whole body. */
export function answering(response: string): Behaviour {
  return async (wire) => {
    for (;;) {
      await takeRequest(wire);
      await wire.write(response);
    }
  };
}

/** Takes one request, head and body. */
export async function takeRequest(wire: Wire): Promise<{ head: string; body: string }> {
  const head = await wire.until("\r\n\r\n");
  const length = /^content-length: *([0-9]+)\r$/im.exec(head)?.[1];
  if (length !== undefined) return { head, body: await wire.exactly(Number(length)) };
  if (!/^transfer-encoding: *chunked\r$/im.test(head)) return { head, body: "" };
  return { head, body: await wire.until("0\r\n\r\n") };
}

async function serve(wire: Wire, behaviour: Behaviour): Promise<void> {
  try {
    await behaviour(wire);
  } catch {
    // The connection ended: what came before is recorded.
  } finally {
    wire.close();
  }
}
