/** A company's proxy on an address that the gate reaches: tunnels, for those who know its password. */

/** A running proxy. */
export interface ConnectProxy extends AsyncDisposable {
  readonly port: number;
  /** Heads of all requests, as they came. */
  readonly heads: readonly string[];
}

/** @param login user name and password with a colon between them */
export function startConnectProxy(address: string, login: string): ConnectProxy {
  const listener = Deno.listen({ hostname: address, port: 0 });
  const heads: string[] = [];
  const open = new Set<Promise<void>>();
  const serve = async (client: Deno.TcpConn): Promise<void> => {
    const head = await readHead(client);
    heads.push(head);
    const wanted = `Proxy-Authorization: Basic ${btoa(login)}\r\n`;
    const target = /^CONNECT ([0-9.]+):([0-9]+) /.exec(head);
    if (!head.includes(wanted) || target === null) {
      const no =
        "HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=x\r\nContent-Length: 0\r\n\r\n";
      await client.write(new TextEncoder().encode(no));
      return client.close();
    }
    const [, hostname = "", port = ""] = target;
    const upstream = await Deno.connect({ hostname, port: Number(port) });
    await client.write(new TextEncoder().encode("HTTP/1.1 200 Yes\r\n\r\n"));
    await Promise.allSettled([
      client.readable.pipeTo(upstream.writable),
      upstream.readable.pipeTo(client.writable),
    ]);
  };
  const accepting = (async (): Promise<void> => {
    for await (const client of listener) {
      const served = serve(client).catch(() => {}).finally(() => open.delete(served));
      open.add(served);
    }
  })();
  return {
    port: listener.addr.port,
    heads,
    [Symbol.asyncDispose]: async () => {
      listener.close();
      await accepting;
      await Promise.all(open);
    },
  };
}

async function readHead(client: Deno.TcpConn): Promise<string> {
  const buffer = new Uint8Array(4_096);
  let head = "";
  while (!head.includes("\r\n\r\n")) {
    const count = await client.read(buffer);
    if (count === null) break;
    head += new TextDecoder().decode(buffer.subarray(0, count));
  }
  return head;
}
