// Runs in the agent's container: asks a proxy for each URL, plainly and through a tunnel, exactly as it is written.
// Arguments: the proxy's address and port, a text that all requests carry, URLs "http://host:port".
import net from "node:net";
import process from "node:process";

const [address = "", port = "", text = "", ...urls] = process.argv.slice(2);

function converse(first: string, then: string): Promise<string> {
  return new Promise((resolve) => {
    let heard = "";
    const socket = net.connect({ host: address, port: Number(port), timeout: 5_000 });
    socket.on("connect", () => socket.write(first));
    socket.on("data", (data) => {
      if (heard === "" && then !== "") socket.write(then);
      heard += data;
    });
    for (const event of ["close", "error", "timeout"]) {
      socket.on(event, () => {
        socket.destroy();
        resolve(heard);
      });
    }
  });
}

for (const url of urls) {
  const authority = url.slice("http://".length);
  const request = (target: string): string =>
    `GET ${target}/${text} HTTP/1.1\r\nHost: ${authority}\r\nConnection: close\r\n\r\n`;
  const heard = await Promise.all([
    converse(request(url), ""),
    converse(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`, request("")),
  ]);
  const statuses = heard.map((words) => JSON.stringify(words.split("\r\n", 1)[0]));
  process.stdout.write(`${[url, ...statuses].join(" ")}\n`);
}
