/** A second address of the engine: a TCP port of the loopback that leads to its socket. */

import { engine } from "../cli/program.ts";

/** The port is closed, and every connection with it, at disposal. */
export interface EngineAddress extends AsyncDisposable {
  /** `tcp://127.0.0.1:PORT` */
  readonly dockerHost: string;
  /** Path of the socket that it leads to. */
  readonly socket: string;
  /** Connections that came so far. */
  readonly connections: () => number;
}

/** Opens it. Only for a test's own time: whoever reaches the port is root on this machine. */
export async function openEngineAddress(): Promise<EngineAddress> {
  const context = await engine.docker([
    "context",
    "inspect",
    "--format",
    "{{.Endpoints.docker.Host}}",
  ]);
  const socket = Deno.env.get("DOCKER_HOST") ?? context.trim();
  const path = await Deno.realPath(socket.replace(/^unix:\/\//, ""));
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = new Set<Deno.Conn>();
  let connections = 0;
  const serving = (async () => {
    for await (const client of listener) {
      connections++;
      await serve(client, path, open);
    }
  })();
  return {
    dockerHost: `tcp://127.0.0.1:${listener.addr.port}`,
    socket: path,
    connections: () => connections,
    [Symbol.asyncDispose]: async () => {
      listener.close();
      await serving;
      for (const connection of open) close(connection);
    },
  };
}

async function serve(client: Deno.Conn, path: string, open: Set<Deno.Conn>): Promise<void> {
  const upstream = await Deno.connect({ transport: "unix", path });
  for (const connection of [client, upstream]) open.add(connection);
  // Each way ends by itself: `docker exec -i` closes its stdin long before the last output.
  void Promise.allSettled([relay(client, upstream), relay(upstream, client)]).then(() => {
    for (const connection of [client, upstream]) {
      open.delete(connection);
      close(connection);
    }
  });
}

async function relay(from: Deno.Conn, to: Deno.Conn): Promise<void> {
  // Not by its stream, which closes the whole connection at the end of one way.
  const buffer = new Uint8Array(64 * 1024);
  for (let read = await from.read(buffer); read !== null; read = await from.read(buffer)) {
    for (let sent = 0; sent < read;) sent += await to.write(buffer.subarray(sent, read));
  }
  await to.closeWrite();
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch {
    // It has ended by itself.
  }
}
