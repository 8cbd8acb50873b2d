// Runs in the agent's container: asks whatever listens on the bundle to take other routes, by every way that a host or a
// person would. Arguments: the bundle's address, a host to open, ports.
import net from "node:net";
import process from "node:process";

const [address = "", wanted = "", ...ports] = process.argv.slice(2);

const routes = [{ host: wanted, origin: "allow" }];
const calls = [1, 2, 3].map((revision) =>
  `${
    JSON.stringify({
      jsonrpc: "2.0",
      id: revision,
      method: "routes.put",
      params: { routes, expected_revision: revision },
    })
  }\n`
).join("");
const body = JSON.stringify({ routes, expected_revision: 1 });
const requests = ["routes", "routes.put", "allowlist", "self-test"].flatMap((path) =>
  ["PUT", "POST"].map((method) =>
    `${method} http://_egress.local/${path} HTTP/1.1\r\nHost: _egress.local\r\n` +
    `Content-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`
  )
);

function say(port: number, text: string): Promise<string> {
  return new Promise((resolve) => {
    let heard = "";
    const socket = net.connect({ host: address, port, timeout: 2_000 });
    socket.on("connect", () => socket.write(text));
    socket.on("data", (data) => heard += data);
    for (const event of ["close", "error", "timeout"]) {
      socket.on(event, () => {
        socket.destroy();
        resolve(heard);
      });
    }
  });
}

for (const port of ports) {
  for (const text of [calls, ...requests]) {
    const heard = await say(Number(port), text);
    process.stdout.write(`${port} ${JSON.stringify(heard.slice(0, 200))}\n`);
  }
}
