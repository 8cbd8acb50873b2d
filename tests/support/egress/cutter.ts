/** A TCP relay that can end a connection under TLS's feet: a FIN without close_notify, as anybody on the way could send. */

/** A running relay. */
export interface Cutter extends AsyncDisposable {
  readonly port: number;
  /** Ends every connection, both ways. */
  cut(): void;
}

/** Relays to a port on 127.0.0.1. */
export function startCutter(port: number): Cutter {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const conns = new Set<Deno.TcpConn>();
  const copying: Promise<void>[] = [];
  const accepting = (async () => {
    for await (const client of listener) {
      const server = await Deno.connect({ hostname: "127.0.0.1", port });
      conns.add(client).add(server);
      copying.push(copy(client, server), copy(server, client));
    }
  })();
  const cut = (): void => {
    for (const conn of conns) close(conn);
    conns.clear();
  };
  return {
    port: listener.addr.port,
    cut,
    async [Symbol.asyncDispose](): Promise<void> {
      listener.close();
      await accepting.catch(() => {});
      cut();
      await Promise.allSettled(copying);
    },
  };
}

async function copy(from: Deno.TcpConn, to: Deno.TcpConn): Promise<void> {
  try {
    await from.readable.pipeTo(to.writable, { preventCancel: true });
  } catch {
    // Cut.
  }
}

function close(conn: Deno.TcpConn): void {
  try {
    conn.close();
  } catch {
    // Closed by its streams.
  }
}
