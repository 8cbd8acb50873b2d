/** Passes TCP connections on, byte for byte: what is above stays between the two ends. Arguments: PORT=ADDRESS … */

const listening = Deno.args.map((argument) => {
  const [port = "", hostname = ""] = argument.split("=");
  return listen(Number(port), hostname);
});
await Deno.stdout.write(new TextEncoder().encode("ready\n"));
await Promise.all(listening);

async function listen(port: number, hostname: string): Promise<void> {
  for await (const client of Deno.listen({ hostname: "0.0.0.0", port })) {
    pass(client, { hostname, port }).catch(() => {});
  }
}

async function pass(client: Deno.TcpConn, to: Deno.ConnectOptions): Promise<void> {
  using near = client;
  using far = await Deno.connect(to);
  await Promise.all([near.readable.pipeTo(far.writable), far.readable.pipeTo(near.writable)]);
}
