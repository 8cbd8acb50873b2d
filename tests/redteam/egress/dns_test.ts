/** Look-ups of every kind: answered at once with what there is not, and asked of nobody. */

import { Buffer } from "node:buffer";
import { createSocket } from "node:dgram";
import { deepEqual, equal } from "node:assert/strict";
import { dnsQuestion } from "../../support/dns_question.ts";
import { eventually, patiently, Wire } from "../../support/egress/wire.ts";
import { DNS_TYPES } from "./names/tests.ts";
import { openStage } from "./stage.ts";

const SECRET = "onswg4tfoq";
const NXDOMAIN = 3;

async function overUdp(port: number, message: Uint8Array): Promise<Uint8Array> {
  const socket = createSocket("udp4");
  try {
    const answer = Promise.withResolvers<Uint8Array>();
    socket.on("message", (bytes) => answer.resolve(bytes));
    socket.send(message, port, "127.0.0.1");
    return await patiently(answer.promise);
  } finally {
    const closed = Promise.withResolvers<void>();
    socket.close(() => closed.resolve());
    await closed.promise;
  }
}

async function overTcp(port: number, message: Uint8Array): Promise<Uint8Array> {
  using wire = new Wire(await Deno.connect({ hostname: "127.0.0.1", port }));
  await wire.write(Uint8Array.of(message.length >> 8, message.length & 255, ...message));
  const length = await wire.exactly(2);
  return Buffer.from(
    await wire.exactly(length.charCodeAt(0) * 256 + length.charCodeAt(1)),
    "latin1",
  );
}

/** A port that is free for both. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

Deno.test("look-ups of any kind are answered with NXDOMAIN, hold nothing, and are in the audit", async (t) => {
  const port = freePort();
  await using stage = await openStage({
    config: () => ({ dns: { address: "127.0.0.1", port, names: { "git-gate": "10.99.0.2" } } }),
  });
  const names: string[] = [];
  for (const [type, number] of Object.entries(DNS_TYPES)) {
    for (const [place, ask] of [["UDP", overUdp], ["TCP", overTcp]] as const) {
      await t.step(`${type} over ${place}`, async () => {
        const name = `${SECRET}.${type.toLowerCase()}.${place.toLowerCase()}.localhost`;
        names.push(name);
        const answer = await ask(port, dnsQuestion(name, number));
        const counts = [6, 8, 10].map((at) => (answer[at] ?? 0) * 256 + (answer[at + 1] ?? 0));
        deepEqual([(answer[3] ?? 0) & 15, ...counts], [NXDOMAIN, 0, counts[1], 0]);
        equal(Buffer.from(answer).includes("10.99"), false);
      });
    }
  }
  await t.step("a peer's TXT holds nothing", async () => {
    const answer = await overUdp(port, dnsQuestion("git-gate", 16));
    deepEqual([answer[6], answer[7]], [0, 0]);
  });
  await eventually(() => {
    const asked = stage.proxy.rows.filter(({ kind }) => kind === "dns").map(({ host }) => host);
    return names.every((name) => asked.includes(name));
  });
});
