/** WebSockets that two parties could read differently. */

import { closing, frame, switched } from "../../../support/egress/websocket.ts";
import { type Case, type Group, passes, refused } from "../case.ts";
import { inTunnel } from "../moves.ts";
import type { ThreatId } from "../../threats.ts";
import {
  CLOSE,
  HANDSHAKE,
  inWebSocket,
  respondSwitched,
  sendBack,
  takeDown,
} from "../websocket_moves.ts";

/** Changes of a good handshake that end in a refusal. */
const handshakes: readonly (readonly [technique: string, from: string, to: string])[] = [
  ["another version", "Version: 13", "Version: 8"],
  ["two versions", "Version: 13", "Version: 13\r\nSec-WebSocket-Version: 8"],
  ["no version", "Sec-WebSocket-Version: 13\r\n", ""],
  ["no key", "Key: ", "Kay: "],
  ["a short key", "dGhlIHNhbXBsZSBub25jZQ==", "AAAA"],
  ["a key that is no base64", "dGhlIHNhbXBsZSBub25jZQ==", "{theirs}"],
  [
    "two keys",
    "Sec-WebSocket-Key",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Key",
  ],
  ["a POST", "GET", "POST"],
  ["HTTP/1.0", "HTTP/1.1", "HTTP/1.0"],
  ["two protocols", "Upgrade: websocket", "Upgrade: websocket, h2c"],
  ["two fields", "Upgrade: websocket", "Upgrade: websocket\r\nUpgrade: h2c"],
  ["a Connection that does not name it", "Connection: Upgrade", "Connection: keep-alive"],
  ["a body", "\r\n\r\n", "\r\nContent-Length: 6\r\n\r\nmarker"],
  ["a chunked body", "\r\n\r\n", "\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
];

const text = (payload: string): string => frame(0x81, payload, true);
/** A frame whose length is written in more bytes than it needs. */
const longer = (first: number, bytes: string): string =>
  `${String.fromCharCode(first)}${bytes}\x11\x22\x33\x44${"\x7c\x43\x51\x2f\x74\x50"}`;

type Row = readonly [line: ThreatId, technique: string, frames: string];

/** Frames that end the WebSocket. Behind each comes a whole text that must not arrive. */
const frames: readonly Row[] = [
  ["ws-control", "a text without a mask", frame(0x81, "marker", false)],
  ["ws-control", "a ping of 126 bytes", frame(0x89, "m".repeat(126), true)],
  ["ws-control", "a ping in fragments", frame(0x09, "marker", true)],
  ["ws-control", "a close of one byte", frame(0x88, "m", true)],
  ["ws-control", "a close with a code that is none", frame(0x88, closing(1005), true)],
  ["ws-control", "a close with a reason that is no text", frame(0x88, closing(1000, "\xff"), true)],
  ["ws-control", "an opcode of 3", frame(0x83, "marker", true)],
  ["ws-control", "an opcode of 11", frame(0x8b, "marker", true)],
  ["ws-control", "a reserved bit", frame(0xa1, "marker", true)],
  ["ws-control", "all reserved bits", frame(0xf1, "marker", true)],
  ["ws-control", "a compressed ping", frame(0xc9, "marker", true)],
  ["ws-fragments", "a continuation of nothing", frame(0x80, "marker", true)],
  ["ws-fragments", "a text inside a text", frame(0x01, "a", true) + text("marker")],
  ["ws-fragments", "a binary inside a text", frame(0x01, "a", true) + frame(0x82, "marker", true)],
  ["ws-fragments", "a length of 6 in 16 bits", longer(0x81, "\xfe\x00\x06")],
  ["ws-fragments", "a length of 6 in 64 bits", longer(0x81, "\xff\0\0\0\0\0\0\0\x06")],
  ["ws-fragments", "a length of 2^63", longer(0x81, "\xff\x80\0\0\0\0\0\0\0")],
  ["ws-compression", "compressed, though nobody agreed", frame(0xc1, "marker", true)],
];

/** The same of an upstream's. */
const answers: readonly Row[] = [
  ["ws-control", "a text with a mask", frame(0x81, "forged", true)],
  ["ws-control", "a ping of 126 bytes", frame(0x89, "f".repeat(126), false)],
  ["ws-control", "an opcode of 3", frame(0x83, "forged", false)],
  ["ws-control", "a reserved bit", frame(0xa1, "forged", false)],
  ["ws-fragments", "a continuation of nothing", frame(0x80, "forged", false)],
  ["ws-compression", "compressed, though nobody agreed", frame(0xc1, "forged", false)],
];

/** Answers to a handshake that are none. */
const switches: readonly (readonly [technique: string, change: (text: string) => string])[] = [
  ["another accept", (head) => head.replace(/Accept: ./, "Accept: 0")],
  ["no accept", (head) => head.replace(/Sec-WebSocket-Accept.*\r\n/, "")],
  ["no upgrade", (head) => head.replace(/Upgrade: .*\r\n/, "")],
  [
    "an extension that nobody offered",
    (head) => head.replace("\r\n\r\n", "\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n"),
  ],
  [
    "a protocol that nobody offered",
    (head) => head.replace("\r\n\r\n", "\r\nSec-WebSocket-Protocol: x\r\n\r\n"),
  ],
];

/** WebSockets. */
export const websockets: Group = {
  title: "WebSockets",
  cases: [
    ...handshakes.map(([technique, from, to]): Case => ({
      line: "ws-handshake",
      technique,
      place: "request",
      run: inTunnel("{open}", HANDSHAKE.replace(from, to)),
      respond: takeDown,
      expect: refused("protocol"),
    })),
    ...switches.map(([technique, change]): Case => ({
      line: "ws-handshake",
      technique,
      place: "response",
      run: inTunnel("{open}", HANDSHAKE),
      respond: async (wire, { head }) => {
        await wire.write(change(switched(head)) + frame(0x81, "forged", false));
        await wire.rest();
      },
      expect: {
        sink: { has: ["GET /chat"] },
        rows: ["upstream-protocol"],
        heard: { has: [" 502 "], hasNot: ["forged"] },
      },
    })),
    ...frames.map(([line, technique, bytes]): Case => ({
      line,
      technique,
      place: "from the agent",
      run: inWebSocket("{open}", text("first") + bytes + text("marker")),
      respond: takeDown,
      expect: { sink: { has: ["[81] first"], hasNot: ["marker", "mmm"] }, rows: ["protocol"] },
    })),
    ...answers.map(([line, technique, bytes]): Case => ({
      line,
      technique,
      place: "from the upstream",
      run: inWebSocket("{open}", text("first")),
      respond: respondSwitched(async (wire) => {
        await wire.write(frame(0x81, "honest", false) + bytes + frame(0x81, "forged", false));
        await wire.rest();
      }),
      expect: {
        sink: { has: ["GET /chat"] },
        rows: ["upstream-protocol"],
        heard: { has: ["[81] honest"], hasNot: ["forged", "fff"] },
      },
    })),
    {
      line: "ws-control",
      technique: "a text behind a close",
      place: "from the agent",
      run: inWebSocket("{open}", text("first") + CLOSE + text("marker")),
      respond: takeDown,
      expect: passes({ has: ["[81] first", "[88]"], hasNot: ["marker"] }),
    },
    {
      line: "ws-fragments",
      technique: "honest fragments, a ping between them",
      place: "from the agent",
      run: inWebSocket(
        "{open}",
        frame(0x01, "one ", true) + frame(0x89, "ping", true) + frame(0x80, "two", true) + CLOSE,
      ),
      respond: sendBack,
      expect: passes({ has: ["GET /chat"] }, { heard: { has: ["[8a] ping", "two"] } }),
    },
    {
      line: "ws-handshake",
      technique: "fields of the handshake go out as the proxy understands them",
      place: "request",
      run: inWebSocket(
        "{open}",
        CLOSE,
        "Sec-WebSocket-Extensions: x-secret; a={theirs}\r\nSec-WebSocket-Accept: {theirs}\r\n",
      ),
      respond: takeDown,
      expect: passes({ has: ["GET /chat"], hasNot: ["{theirs}", "dGhlIHNhbXBsZSBub25jZQ=="] }),
    },
  ],
};
