import assert from "node:assert/strict";
import { HpackDecoder } from "../../../../../lib/egress/http2/hpack_decoder.ts";
import { headLimits } from "../../../../../lib/egress/http2/limits.ts";
import { codeOf, frame, type RawFrame, Type } from "../../../../support/egress/http2/frames.ts";
import { casesFor, type Expected } from "../../../../support/egress/http2/rfc9113_cases.ts";
import { startServer } from "../../../../support/egress/http2/server.ts";

/** What came of it, in the words of the table. */
function outcomeOf(frames: readonly RawFrame[]): Expected {
  const goodbye = frames.find(({ type }) => type === Type.goAway);
  if (goodbye !== undefined) return { goAway: codeOf(goodbye) };
  const reset = frames.find(({ type, streamId }) => type === Type.reset && streamId === 1);
  if (reset !== undefined) return { reset: codeOf(reset) };
  const head = frames.find(({ type, streamId }) => type === Type.headers && streamId === 1);
  if (head === undefined) return "alive";
  const { fields } = new HpackDecoder().decode(head.payload, headLimits);
  return { status: Number(fields[0]?.[1]) };
}

for (const { name, send, expect } of casesFor("origin.test")) {
  Deno.test(`Http2Connection, RFC 9113 ${name}`, async () => {
    const server = await startServer();
    await server.send(...send);
    const frames = server.take();
    assert.deepEqual(outcomeOf(frames), expect);
    assert.equal(server.connection.isOver, typeof expect === "object" && "goAway" in expect);
    if (server.connection.isOver) return;
    await server.send(frame(Type.ping, 0, 0, new Uint8Array(8)));
    assert.equal(server.take().at(-1)?.type, Type.ping);
  });
}
