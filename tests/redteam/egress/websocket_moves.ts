/** Moves in WebSockets, and the other end of them: frames by hand. */

import {
  CLIENT_KEY,
  closing,
  echo,
  frame,
  switched,
  takeFrame,
} from "../../support/egress/websocket.ts";
import type { Wire } from "../../support/egress/wire.ts";
import type { Move } from "./moves.ts";
import { type Respond, respondOk, type SinkAid } from "./sink.ts";

/** The handshake, as it should be. */
export const HANDSHAKE = "GET /chat HTTP/1.1\r\nHost: {open}\r\nConnection: Upgrade\r\n" +
  `Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${CLIENT_KEY}\r\n\r\n`;

/** The end, as it should be. */
export const CLOSE = frame(0x88, closing(1000), true);

/** Shakes hands and sends frames. @param fields of the handshake @returns payloads of the frames that came back, after the head */
export function inWebSocket(authority: string, frames: string, fields = ""): Move {
  return async (stage) => {
    const wire = await stage.tunnel(stage.fill(authority));
    const asked = HANDSHAKE.replace("{open}", authority).replace("\r\n\r\n", `\r\n${fields}\r\n`);
    await wire.write(stage.fill(asked));
    const head = await wire.until("\r\n\r\n");
    await wire.write(stage.fill(frames)).catch(() => {});
    const payloads = await takeAll(wire);
    wire.close();
    return [head, ...payloads].join("\n");
  };
}

/** An upstream that takes the handshake, and does with the WebSocket as told. @param fields of its 101 */
export function respondSwitched(
  serve: (wire: Wire, aid: SinkAid) => Promise<void>,
  fields = "",
): Respond {
  return async (wire, request, aid) => {
    if (!/^upgrade: websocket\r$/im.test(request.head)) return await respondOk(wire, request, aid);
    await wire.write(switched(request.head, fields));
    await serve(wire, aid);
    throw new Error("over");
  };
}

/** Takes frames down, and closes when told to. */
export const takeDown: Respond = respondSwitched(async (wire, { note }) => {
  for (;;) {
    const { first, payload } = await takeFrame(wire);
    note(`[${first.toString(16)}] ${payload}`);
    if ((first & 15) === 8) return await wire.write(frame(0x88, closing(1000), false));
  }
});

/** Sends back what comes. */
export const sendBack: Respond = respondSwitched((wire) => echo(wire));

/** Up to a close, which is answered, or the end. */
async function takeAll(wire: Wire): Promise<string[]> {
  const payloads: string[] = [];
  try {
    for (;;) {
      const { first, payload } = await takeFrame(wire);
      payloads.push(`[${first.toString(16)}] ${payload}`);
      if ((first & 15) !== 8) continue;
      await wire.write(CLOSE);
      await wire.rest();
      return payloads;
    }
  } catch {
    return payloads;
  }
}
