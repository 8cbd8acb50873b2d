/** Credentials and placeholders in WebSockets: across frames, across messages, compressed. */

import { Buffer } from "node:buffer";
import { constants, deflateRawSync } from "node:zlib";
import { closing, frame } from "../../../support/egress/websocket.ts";
import { type Case, type Group, passes } from "../case.ts";
import { PLACEHOLDERS, TOKENS } from "../hosts.ts";
import type { ThreatId } from "../../threats.ts";
import { CLOSE, inWebSocket, respondSwitched, takeDown } from "../websocket_moves.ts";
import { spellings } from "./spell.ts";

const SECRET: string = TOKENS.EGRESS_TOKEN_1;
const [{ value: PLACEHOLDER }] = PLACEHOLDERS;
const OFFER = "Sec-WebSocket-Extensions: permessage-deflate\r\n";

/** A message's frames, each of so many characters. */
function fragments(text: string, size: number, isMasked: boolean, flags = 0): string {
  const pieces = text.match(new RegExp(`[^]{1,${size}}`, "g")) ?? [];
  return pieces.map((piece, at) => {
    const first = (at === 0 ? 1 | flags : 0) | (at === pieces.length - 1 ? 0x80 : 0);
    return frame(first, piece, isMasked);
  }).join("");
}

/** As permessage-deflate has it (RFC 7692, 7.2.1). */
function deflated(text: string): string {
  const bytes = deflateRawSync(Buffer.from(text, "latin1"), {
    finishFlush: constants.Z_SYNC_FLUSH,
  });
  return Buffer.from(bytes.subarray(0, -4)).toString("latin1");
}

/** An upstream that sends these frames once it has heard something. */
function sending(frames: string, fields = ""): NonNullable<Case["respond"]> {
  return respondSwitched(async (wire) => {
    await wire.exactly(1);
    await wire.write(frames + frame(0x88, closing(1000), false));
    await wire.rest();
  }, fields);
}

function received(line: ThreatId, technique: string, frames: string, echoed = SECRET): Case {
  return {
    line,
    technique,
    place: "from the upstream",
    run: inWebSocket("{keyed}", frame(0x81, "hello", true)),
    respond: sending(frames),
    expect: passes({ has: ["{bearer}"] }, {
      heard: { has: ["101 "], hasNot: [echoed, SECRET] },
      marks: ["credential-returned"],
    }),
  };
}

const echoed = `before ${SECRET} after`;
const inParts = (size: number): string =>
  (echoed.match(new RegExp(`.{1,${size}}`, "g")) ?? []).map((text) => frame(0x81, text, false))
    .join("");

/** With compression: what comes back is compressed anew, or plain: heard is never the value. */
function compressed(line: ThreatId, technique: string, frames: string): Case {
  return {
    line,
    technique,
    place: "from the upstream",
    run: inWebSocket("{keyed}", frame(0x81, "hello", true), OFFER),
    respond: sending(frames, OFFER),
    expect: passes({ has: ["{bearer}"] }, {
      heard: { has: ["101 "], hasNot: [SECRET, deflated(echoed)] },
      marks: ["credential-returned"],
    }),
  };
}

function sent(line: ThreatId, technique: string, frames: string, fields = ""): Case {
  return {
    line,
    technique,
    place: "from the agent",
    run: inWebSocket("{open}", frame(0x81, "first", true) + frames + CLOSE, fields),
    respond: fields === "" ? takeDown : sending("", fields),
    expect: {
      sink: { has: ["GET /chat"], hasNot: [PLACEHOLDER] },
      rows: ["placeholder"],
      marks: ["misplaced-placeholder"],
    },
  };
}

const mine = `a ${PLACEHOLDER} b`;

/** WebSockets. */
export const websocketEcho: Group = {
  title: "credentials and placeholders in WebSockets",
  cases: [
    ...Object.entries(spellings).map(([name, spell]) =>
      received(
        "echo-websocket",
        `${name}, in one text`,
        frame(0x81, `before ${spell(SECRET)} after`, false),
        spell(SECRET),
      )
    ),
    received("echo-websocket", "in a binary", frame(0x82, echoed, false)),
    received("echo-websocket", "in fragments of 5", fragments(echoed, 5, false)),
    received("echo-websocket", "in fragments of 1", fragments(echoed, 1, false)),
    received(
      "echo-websocket",
      "in a ping",
      frame(0x81, "before", false) + frame(0x89, SECRET, false),
    ),
    received(
      "echo-websocket",
      "in a close's reason",
      frame(0x81, "before", false) + frame(0x88, closing(1000, SECRET), false),
    ),
    received("ws-split", "over messages of 9", inParts(9)),
    compressed("ws-compression", "in a compressed text", frame(0xc1, deflated(echoed), false)),
    compressed(
      "ws-compression",
      "in a compressed text of fragments",
      fragments(deflated(echoed), 9, false, 0x40),
    ),
    sent("ws-split", "a placeholder in one text", frame(0x81, mine, true)),
    sent("ws-split", "a placeholder in fragments of 5", fragments(mine, 5, true)),
    sent(
      "ws-split",
      "a placeholder in fragments of 1, pings between",
      [...mine].map((one, at) =>
        frame((at === 0 ? 1 : 0) | (at === mine.length - 1 ? 0x80 : 0), one, true) +
        frame(0x89, "p", true)
      ).join(""),
    ),
    sent(
      "ws-split",
      "a placeholder over messages of 9",
      (mine.match(/.{1,9}/g) ?? []).map((text) => frame(0x81, text, true)).join(""),
    ),
    sent("ws-split", "a placeholder in a binary", frame(0x82, mine, true)),
    sent("ws-control", "a placeholder in a ping", frame(0x89, PLACEHOLDER, true)),
    sent(
      "ws-control",
      "a placeholder in a close's reason",
      frame(0x88, closing(1000, PLACEHOLDER), true),
    ),
    sent(
      "ws-compression",
      "a placeholder in a compressed text",
      frame(0xc1, deflated(mine), true),
      OFFER,
    ),
    {
      line: "ws-compression",
      technique: "a bomb: 64 MB of zeros",
      place: "from the upstream",
      run: inWebSocket("{keyed}", frame(0x81, "hello", true), OFFER),
      respond: (wire, request, aid) =>
        sending(frame(0xc2, deflated("\0".repeat(64 * 1024 * 1024)), false), OFFER)(
          wire,
          request,
          aid,
        ),
      expect: { sink: { has: ["{bearer}"] }, rows: ["upstream-protocol"] },
    },
    {
      line: "ws-compression",
      technique: "what is no deflate",
      place: "from the upstream",
      run: inWebSocket("{keyed}", frame(0x81, "hello", true), OFFER),
      respond: sending(frame(0xc1, `\xff\xff${SECRET}`, false), OFFER),
      expect: {
        sink: { has: ["{bearer}"] },
        rows: ["upstream-protocol"],
        heard: { hasNot: [SECRET] },
      },
    },
  ],
};
