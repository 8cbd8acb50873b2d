/** In a bundle's network namespace: the answerer that a bottle must not have, one that asks on. Argument: its address. */

import { createSocket } from "node:dgram";

const [address = "127.0.0.1"] = Deno.args;
const server = createSocket("udp4");
server.on("message", (question, from) => {
  const onward = createSocket("udp4");
  onward.on("message", (answer) => {
    server.send(answer, from.port, from.address);
    onward.close();
  });
  // The engine's own resolver, in every namespace of a network that it made.
  onward.send(question, 53, "127.0.0.11");
});
server.bind(53, address, () => {
  Deno.stdout.writeSync(new TextEncoder().encode("listening\n"));
});
