/** WebSockets with mutated frames on one side: what reaches the other keeps to the rules. */

import type { Random } from "../../random.ts";
import { Wire } from "../../../support/egress/wire.ts";
import { CLIENT_KEY } from "../../../support/egress/websocket.ts";
import type { Subject } from "../subject.ts";
import { HOSTILE_PATH } from "../upstream.ts";
import { cut, type FuzzCase, type FuzzKind, show } from "./case.ts";
import { drain, onConnection, openPlain, write } from "./connections.ts";
import { FrameCheck, mutatedWebSocket } from "./websocket_frames.ts";

let cases = 0;

/** Frames of a client. */
export const clientFrames: FuzzKind = {
  name: "WebSocket, client",
  weight: 2,
  batch: 32,
  isCounted: false,
  make: (random) => makeCase(random, cut(random, mutatedWebSocket(random, true)), []),
};

/** Frames of an upstream. */
export const upstreamFrames: FuzzKind = {
  name: "WebSocket, upstream",
  weight: 2,
  batch: 32,
  isCounted: false,
  make: (random) => makeCase(random, [], cut(random, mutatedWebSocket(random, false))),
};

function makeCase(
  random: Random,
  sent: readonly Uint8Array[],
  answered: readonly Uint8Array[],
): FuzzCase {
  const isDeflate = random.chance(1 / 2);
  return {
    count: 1,
    run: (subject) => run(subject, sent, answered, isDeflate),
    describe: () => `${isDeflate ? "deflate, " : ""}${show(sent)}, answered with ${show(answered)}`,
  };
}

async function run(
  subject: Subject,
  sent: readonly Uint8Array[],
  pieces: readonly Uint8Array[],
  isDeflate: boolean,
): Promise<string | undefined> {
  const path = `${HOSTILE_PATH}/socket/${++cases}`;
  const outbound = Promise.withResolvers<string | undefined>();
  subject.hostile.answers.set(path, { kind: "websocket", pieces, onEnd: outbound.resolve });
  const inbound = new FrameCheck(false, isDeflate);
  const trouble = await onConnection(() => openPlain(subject), async (conn) => {
    const wire = new Wire(conn);
    const authority = `127.0.0.1:${subject.hostile.plainPort}`;
    await wire.write(
      `GET http://${authority}${path} HTTP/1.1\r\nHost: ${authority}\r\n` +
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
        `Sec-WebSocket-Key: ${CLIENT_KEY}\r\n` +
        `${isDeflate ? "Sec-WebSocket-Extensions: permessage-deflate\r\n" : ""}\r\n`,
    );
    const head = await wire.until("\r\n\r\n");
    if (!head.startsWith("HTTP/1.1 101 ")) return `no WebSocket: ${head}`;
    const writing = sent.length > 0 ? write(conn, sent) : undefined;
    const goodbyes: Promise<void>[] = [];
    // A client that has said nothing stays to listen, and goes when it is told to: a minute is granted for that.
    const take = (piece: Uint8Array): void => {
      inbound.take(piece);
      if (inbound.hasClosed && goodbyes.length === 0) goodbyes.push(write(conn, []));
    };
    // What came with the head.
    take(Uint8Array.from(wire.received.slice(head.length), (one) => one.charCodeAt(0)));
    await drain(conn, take);
    await Promise.all([writing, ...goodbyes]);
    return await outbound.promise;
  });
  return trouble ?? inbound.fault;
}
