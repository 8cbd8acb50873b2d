// Runs in the agent's container: tries each "tcp:host:port" and "udp:host:port" with a text, all at once.
import dgram from "node:dgram";
import net from "node:net";
import process from "node:process";

const [text = "", ...targets] = process.argv.slice(2);

function tcp(host: string, port: number): Promise<void> {
  return new Promise((resolve) => {
    const socket = net.connect({ host, port, timeout: 1_500 });
    socket.on("connect", () => socket.end(text));
    socket.resume();
    for (const event of ["close", "error", "timeout"]) {
      socket.on(event, () => {
        socket.destroy();
        resolve();
      });
    }
  });
}

function udp(host: string, port: number): Promise<void> {
  return new Promise((resolve) => {
    const is6 = host.includes(":");
    const socket = dgram.createSocket(is6 ? "udp6" : "udp4");
    socket.on("error", () => resolve());
    socket.bind(0, () => {
      if (!is6) socket.setBroadcast(true);
      for (let i = 0; i < 2; i++) socket.send(text, port, host, () => {});
      setTimeout(() => socket.close(() => resolve()), 800);
    });
  });
}

await Promise.all(targets.map((target) => {
  const [, kind, host = "", port] = /^(\w+):(.+):(\d+)$/.exec(target) ?? [];
  return (kind === "tcp" ? tcp : udp)(host, Number(port));
}));
