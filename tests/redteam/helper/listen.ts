/**
 * In a container of the tests: prints the first bytes of each connection, as JSON, and answers like a web server.
 * Arguments: `address:port` each. Ready when it has printed "listening".
 */

async function serve(listener: Deno.Listener): Promise<void> {
  for await (const connection of listener) void answer(connection);
}

async function answer(connection: Deno.Conn): Promise<void> {
  try {
    const first = new Uint8Array(2_048);
    const length = await connection.read(first) ?? 0;
    say(JSON.stringify(new TextDecoder().decode(first.subarray(0, length))));
    const head = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\n";
    await connection.write(new TextEncoder().encode(`${head}ok\n`));
    connection.close();
  } catch {
    // Whoever came has gone: it has been seen all the same.
  }
}

function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

for (const place of Deno.args) {
  const at = place.lastIndexOf(":");
  const hostname = place.slice(0, at);
  void serve(Deno.listen({ hostname, port: Number(place.slice(at + 1)) }));
}
say("listening");
