import assert from "node:assert/strict";
import { HpackDecoder } from "../../../lib/egress/http2/hpack_decoder.ts";
import { headLimits } from "../../../lib/egress/http2/limits.ts";
import { testAuthority } from "../../support/egress/certificates.ts";
import { codeOf, frame, type RawFrame, Type } from "../../support/egress/http2/frames.ts";
import { connectRaw } from "../../support/egress/http2/raw_client.ts";
import { casesFor, type Expected } from "../../support/egress/http2/rfc9113_cases.ts";
import { startProxy } from "../../support/egress/proxy.ts";
import { startRecorder } from "../../support/egress/recorder.ts";
import type { Wire } from "../../support/egress/wire.ts";

const authority = await testAuthority();
const leaf = await authority.issuer.leafFor({ kind: "name", value: "origin.test" });
/** Asks whether the connection goes on. */
const ping = frame(Type.ping, 0, 0, new Uint8Array(8).fill(7));

/** Whether it says what becomes of stream 1, or of the connection. */
function isAnswer({ type, streamId, payload }: RawFrame): boolean {
  if (type === Type.goAway) return true;
  if (type === Type.ping) return payload[0] === 7;
  return streamId === 1 && (type === Type.headers || type === Type.reset);
}

function outcomeOf(answer: RawFrame): Expected {
  if (answer.type === Type.goAway) return { goAway: codeOf(answer) };
  if (answer.type === Type.reset) return { reset: codeOf(answer) };
  if (answer.type === Type.ping) return "alive";
  const { fields } = new HpackDecoder().decode(answer.payload, headLimits);
  return { status: Number(fields[0]?.[1]) };
}

Deno.test("the proxy does with a client's frames what RFC 9113 says, and records what it refuses", async (t) => {
  await using upstream = startRecorder(leaf, async (wire) => {
    for (;;) {
      const head = await take(wire);
      if (/^x-hold:/im.test(head)) break;
      await wire.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    }
    await wire.rest();
  });
  await using proxy = await startProxy({
    routes: [{ host: "origin.test", ports: [upstream.port], allow_private: true }],
    caPem: authority.ca.cert_pem,
    limits: { lingerMs: 200 },
  });
  const host = `origin.test:${upstream.port}`;
  for (const { name, send, expect } of casesFor(host)) {
    await t.step(name, async () => {
      const client = await connectRaw(proxy, host);
      await client.send(...send);
      if (expect === "alive") await client.send(ping);
      assert.deepEqual(outcomeOf(await client.until(isAnswer)), expect);
      if (expect !== "alive" && "goAway" in expect) return void await client.rest();
      await client.send(ping);
      await client.until(({ type }) => type === Type.ping);
      client.wire.close();
    });
  }
  // Refusals that are alike are one row.
  const cut = proxy.rows.filter(({ kind }) => kind === "connect");
  assert.deepEqual(new Set(cut.map(({ reason }) => reason)), new Set(["protocol", "too-many"]));
  assert.ok(cut.every(({ detail }) => detail?.startsWith("HTTP/2: ")));
  const refused = proxy.rows.filter(({ kind, verdict }) =>
    kind === "http" && verdict === "blocked"
  );
  // 0: malformed trailers, for which their stream is reset.
  assert.deepEqual(new Set(refused.map(({ status }) => status)), new Set([0, 400, 431]));
  assert.deepEqual(proxy.log, []);
});

/** Takes one request, trailers included. */
async function take(wire: Wire): Promise<string> {
  const head = await wire.until("\r\n\r\n");
  const length = /^content-length: *([0-9]+)\r$/im.exec(head)?.[1];
  if (length !== undefined) await wire.exactly(Number(length));
  if (!/^transfer-encoding: *chunked\r$/im.test(head)) return head;
  for (;;) {
    const size = Number.parseInt(await wire.until("\r\n"), 16);
    if (size === 0) break;
    await wire.exactly(size + 2);
  }
  while (await wire.until("\r\n") !== "\r\n");
  return head;
}
