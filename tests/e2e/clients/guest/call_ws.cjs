const { Agent } = require("node:https");
const WebSocket = require("/usr/share/nodejs/ws");

const print = (...words) => process.stdout.write(`${words.join(" ")}\n`);
const agent = new Agent({ proxyEnv: process.env });
const socket = new WebSocket("wss://api.example.com/socket", { agent, perMessageDeflate: true });
const waiting = ["short", "a".repeat(200_000), Buffer.from([0, 1, 2, 255])];
socket.on("open", () => socket.send(waiting[0]));
socket.on("message", (data, isBinary) => {
  const sent = waiting.shift();
  const isSame = Buffer.compare(Buffer.from(sent), Buffer.from(data)) === 0;
  print(isBinary ? "binary" : "text", data.length, isSame ? "same" : "CHANGED");
  if (waiting.length > 0) socket.send(waiting[0]);
  else socket.ping();
});
socket.on("pong", () => socket.close(1000, "done"));
socket.on("close", (code) => print("closed", code));
socket.on("error", (error) => print("error", error.message));
