/** Request smuggling: bodies whose end two servers would put at different places. The tables are those of the published research on desynchronisation. */

import { type Case, type Group, passes, refused } from "../case.ts";
import { inTunnel, say } from "../moves.ts";
import type { ThreatId } from "../../threats.ts";

/** What would be a request of its own if a server ended the body early. */
const SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: {open}\r\n\r\n";

/** A POST with framing fields that can't be read in one way only, and a request inside of what may be its body. */
function ambiguous(line: ThreatId, technique: string, fields: string, body: string): Case {
  return {
    line,
    technique,
    place: "request",
    run: inTunnel("{open}", `POST /front HTTP/1.1\r\nHost: {open}\r\n${fields}\r\n\r\n${body}`),
    expect: refused("protocol"),
  };
}

const EMPTY = `0\r\n\r\n${SMUGGLED}`;

const clTe = [
  ["Content-Length, then Transfer-Encoding", "Content-Length: 6\r\nTransfer-Encoding: chunked"],
  ["a length of nothing beside chunks", "Content-Length: 0\r\nTransfer-Encoding: chunked"],
  ["both, in lower case", "content-length: 6\r\ntransfer-encoding: chunked"],
  ["both, with a field between", "Content-Length: 6\r\nX: y\r\nTransfer-Encoding: chunked"],
] as const;

const teCl = [
  ["Transfer-Encoding, then Content-Length", "Transfer-Encoding: chunked\r\nContent-Length: 4"],
  ["a coding that nobody knows", "Transfer-Encoding: xchunked"],
  ["identity", "Transfer-Encoding: identity\r\nContent-Length: 4"],
  ["chunked twice", "Transfer-Encoding: chunked, chunked"],
  ["chunked in two fields", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"],
  ["chunked, then identity", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity"],
  ["gzip before chunked", "Transfer-Encoding: gzip, chunked"],
  ["chunked before gzip", "Transfer-Encoding: chunked, gzip"],
  ["a trailing comma", "Transfer-Encoding: chunked,"],
  ["a leading comma", "Transfer-Encoding: ,chunked"],
  ["in quotes", 'Transfer-Encoding: "chunked"'],
  ["with a parameter", "Transfer-Encoding: chunked;x=1"],
  ["a vertical tab before it", "Transfer-Encoding: \x0bchunked"],
  ["a form feed before it", "Transfer-Encoding: \x0cchunked"],
  ["a no-break space before it", "Transfer-Encoding: \xa0chunked"],
  ["DEL behind it", "Transfer-Encoding: chunked\x7f"],
  ["an empty value", "Transfer-Encoding:"],
  ["an underscore in its name", "Transfer_Encoding: chunked\r\nContent-Length: 4"],
] as const;

const lengths = [
  ["double-length", "two that differ", "Content-Length: 6\r\nContent-Length: 5"],
  ["double-length", "two that agree", "Content-Length: 6\r\nContent-Length: 6"],
  ["double-length", "a list that agrees", "Content-Length: 6, 6"],
  ["double-length", "a list that differs", "Content-Length: 6, 0"],
  ["double-length", "one with an underscore", "Content_Length: 0\r\nContent-Length: 6"],
  ["length-sign", "a plus", "Content-Length: +6"],
  ["length-sign", "a minus", "Content-Length: -6"],
  ["length-sign", "minus nothing", "Content-Length: -0"],
  ["length-sign", "hexadecimal", "Content-Length: 0x6"],
  ["length-sign", "an exponent", "Content-Length: 6e0"],
  ["length-sign", "a decimal point", "Content-Length: 6.0"],
  ["length-sign", "a separator", "Content-Length: 0_6"],
  ["length-sign", "beyond 64 bits", "Content-Length: 18446744073709551622"],
  ["length-sign", "fullwidth digits", "Content-Length: \xef\xbc\x96"],
  ["length-sign", "empty", "Content-Length:"],
  ["length-space", "a space inside", "Content-Length: 0 6"],
  ["length-space", "a tab inside", "Content-Length: 0\t6"],
  ["length-space", "a vertical tab before", "Content-Length: \x0b6"],
  ["length-space", "a no-break space before", "Content-Length: \xa06"],
] as const;

/** What two servers may read alike, and pass. */
const honest: readonly Case[] = [
  {
    line: "cl-te",
    technique: "a length, and a body that looks like chunks and a request",
    place: "body",
    run: inTunnel(
      "{open}",
      "POST /front HTTP/1.1\r\nHost: {open}\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
    ),
    expect: passes({ has: ["Content-Length: 5\r\n\r\n0\r\n\r\n"], hasNot: ["Transfer-Encoding"] }),
  },
  {
    line: "te-cl",
    technique: "CHUNKED in upper case, and a request inside of a chunk",
    place: "body",
    run: inTunnel(
      "{open}",
      "POST /front HTTP/1.1\r\nHost: {open}\r\nTransfer-Encoding: CHUNKED\r\n\r\n" +
        "1f\r\nGET /inside HTTP/1.1\r\nX: ab\r\n\r\n\r\n0\r\n\r\n",
    ),
    expect: passes({ has: ["Transfer-Encoding: chunked\r\n\r\n1f\r\nGET /inside"] }),
  },
];

/** Framing. */
export const framing: Group = {
  title: "where a request's body ends",
  cases: [
    ...clTe.map(([technique, fields]) => ambiguous("cl-te", technique, fields, EMPTY)),
    ...teCl.map(([technique, fields]) => ambiguous("te-cl", technique, fields, EMPTY)),
    ...lengths.map(([line, technique, fields]) => ambiguous(line, technique, fields, EMPTY)),
    {
      ...ambiguous("te-cl", "Transfer-Encoding in HTTP/1.0", "", ""),
      run: inTunnel(
        "{open}",
        `POST /front HTTP/1.0\r\nHost: {open}\r\nTransfer-Encoding: chunked\r\n\r\n${EMPTY}`,
      ),
    },
    {
      line: "cl-te",
      technique: "Content-Length, then Transfer-Encoding",
      place: "plain request",
      run: say(
        "POST http://{open:http}/front HTTP/1.1\r\nHost: {open:http}\r\nContent-Length: 6\r\n" +
          `Transfer-Encoding: chunked\r\n\r\n${EMPTY}`,
      ),
      expect: refused("protocol"),
    },
    {
      line: "double-length",
      technique: "a length on a CONNECT",
      place: "CONNECT",
      run: say(`CONNECT {open} HTTP/1.1\r\nHost: {open}\r\nContent-Length: 5\r\n\r\nhello`),
      expect: refused("protocol"),
    },
    {
      line: "te-cl",
      technique: "chunks on a CONNECT",
      place: "CONNECT",
      run: say(
        `CONNECT {open} HTTP/1.1\r\nHost: {open}\r\nTransfer-Encoding: chunked\r\n\r\n${EMPTY}`,
      ),
      expect: refused("protocol"),
    },
    ...honest,
  ],
};
