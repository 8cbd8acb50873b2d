/** Heads that two servers read differently. */

import { type Case, type Group, refused } from "../case.ts";
import { inTunnel, say } from "../moves.ts";
import type { ThreatId } from "../../threats.ts";

type Row = readonly [line: ThreatId, technique: string, head: string];

const BEHIND = "GET /smuggled HTTP/1.1\r\nHost: {open}\r\n\r\n";

/** Fields behind an ordinary request line and Host. */
const fields: readonly Row[] = [
  ["obs-fold", "a space begins a line", "X: a\r\n b"],
  ["obs-fold", "a tab begins a line", "X: a\r\n\tb"],
  ["obs-fold", "a folded coding", "Transfer-Encoding:\r\n chunked"],
  ["obs-fold", "a folded length", "Content-Length: 0\r\n 6"],
  ["bare-lf", "LF inside a value", "X: a\nTransfer-Encoding: chunked"],
  ["bare-lf", "LF ends a line", "X: a\nY: b"],
  ["bare-lf", "CR inside a value", "X: a\rTransfer-Encoding: chunked"],
  ["bare-lf", "CR CR LF", "X: a\r\r\nY: b"],
  ["bare-lf", "LF CR", "X: a\n\rY: b"],
  ["nul", "in a value", "X: a\0b"],
  ["nul", "in a name", "X\0Y: a"],
  ["nul", "behind chunked", "Transfer-Encoding: chunked\0"],
  ["nul", "a backspace in a value", "X: a\bb"],
  ["nul", "an escape in a value", "X: \x1b[2Ja"],
  ["nul", "DEL in a value", "X: a\x7fb"],
  ["space-colon", "before the colon of a length", "Content-Length : 5"],
  ["space-colon", "before the colon of a coding", "Transfer-Encoding : chunked"],
  ["space-colon", "a tab before the colon", "Transfer-Encoding\t: chunked"],
  ["space-colon", "a name with a space inside", "X Y: a"],
  ["space-colon", "an empty name", ": chunked"],
  ["space-colon", "no colon", "Transfer-Encoding chunked"],
  ["space-colon", "a name in parentheses", "(X): a"],
  ["space-colon", "a name beyond ASCII", "Tr\xe4nsfer: a"],
  ["connection-option", "names Content-Length", "Connection: content-length\r\nContent-Length: 0"],
  ["connection-option", "names Host", "Connection: host"],
  ["connection-option", "names Transfer-Encoding", "Connection: close, Transfer-Encoding"],
];

/** Whole beginnings of a request. */
const heads: readonly Row[] = [
  ["bare-lf", "a head of bare LF", "GET / HTTP/1.1\nHost: {open}\n\n"],
  ["bare-lf", "LF in the empty line", "GET / HTTP/1.1\r\nHost: {open}\r\n\n"],
  ["bare-lf", "an empty line before the head", "\r\nGET / HTTP/1.1\r\nHost: {open}\r\n\r\n"],
  ["bare-lf", "CR in the target", "GET /\rX HTTP/1.1\r\nHost: {open}\r\n\r\n"],
  ["nul", "in the target", "GET /\0 HTTP/1.1\r\nHost: {open}\r\n\r\n"],
  ["nul", "in the method", "G\0ET / HTTP/1.1\r\nHost: {open}\r\n\r\n"],
  ["space-colon", "a space before Host's colon", "GET / HTTP/1.1\r\nHost : {open}\r\n\r\n"],
  ["space-colon", "a space begins the first field", "GET / HTTP/1.1\r\n Host: {open}\r\n\r\n"],
  ["pipelining", "two spaces in the request line", "GET  / HTTP/1.1\r\nHost: {open}\r\n\r\n"],
  ["pipelining", "a tab in the request line", "GET\t/ HTTP/1.1\r\nHost: {open}\r\n\r\n"],
  ["pipelining", "a second target", "GET / /smuggled HTTP/1.1\r\nHost: {open}\r\n\r\n"],
  ["pipelining", "HTTP/0.9", "GET /\r\n\r\n"],
  ["pipelining", "HTTP/1.2", "GET / HTTP/1.2\r\nHost: {open}\r\n\r\n"],
  ["pipelining", "HTTP/01.1", "GET / HTTP/01.1\r\nHost: {open}\r\n\r\n"],
  ["pipelining", "http/1.1", "GET / http/1.1\r\nHost: {open}\r\n\r\n"],
  ["pipelining", "a method in lower case", "get / HTTP/1.1\r\nHost: {open}\r\n\r\n"],
  ["pipelining", "a target that is no path", "GET smuggled HTTP/1.1\r\nHost: {open}\r\n\r\n"],
  ["pipelining", "an asterisk", "OPTIONS * HTTP/1.1\r\nHost: {open}\r\n\r\n"],
];

function refusal([line, technique, head]: Row, place: string): Case {
  return {
    line,
    technique,
    place,
    run: inTunnel("{open}", head + BEHIND),
    expect: refused("protocol"),
  };
}

/** Heads. */
export const head: Group = {
  title: "heads",
  cases: [
    ...fields.map(([line, technique, field]) =>
      refusal([line, technique, `GET / HTTP/1.1\r\nHost: {open}\r\n${field}\r\n\r\n`], "field")
    ),
    ...heads.map((row) => refusal(row, "head")),
    ...([
      ["bare-lf", "LF ends the lines", "CONNECT {open} HTTP/1.1\nHost: {open}\n\n"],
      ["obs-fold", "a folded Host", "CONNECT {open} HTTP/1.1\r\nHost:\r\n {open}\r\n\r\n"],
      ["nul", "in a field", "CONNECT {open} HTTP/1.1\r\nHost: {open}\r\nX: \0\r\n\r\n"],
      ["space-colon", "before Host's colon", "CONNECT {open} HTTP/1.1\r\nHost : {open}\r\n\r\n"],
    ] as const).map(([line, technique, text]): Case => ({
      line,
      technique,
      place: "CONNECT",
      run: say(text),
      expect: refused("protocol"),
    })),
  ],
};
