/** HTTP/2 heads that become something else in HTTP/1.1: the upstream speaks that, so that whatever gets through is written out. */

import { type Case, type Group, passes, refused } from "../case.ts";
import { ask, changed, type Fields, GET, POST } from "../http2_moves.ts";
import type { ThreatId } from "../../threats.ts";

type Row = readonly [line: ThreatId, technique: string, fields: Fields];

const INJECTED = " HTTP/1.1\r\nHost: {denied}\r\n\r\nGET /smuggled";

const authorities: readonly Row[] = [
  ["authority", ":authority of a denied host", changed(GET, ":authority", "{denied}")],
  ["authority", ":authority of another allowed host", changed(GET, ":authority", "{keyed}")],
  ["authority", ":authority with another port", changed(GET, ":authority", "{open:name}:1")],
  ["authority", ":authority without the port", changed(GET, ":authority", "{open:name}")],
  ["authority", ":authority of an address", changed(GET, ":authority", "127.0.0.1:1")],
  ["authority", ":authority with a path", changed(GET, ":authority", "{open}/x")],
  ["authority", ":authority with NUL", changed(GET, ":authority", "{open}\0")],
  ["authority", ":authority with a line's end", changed(GET, ":authority", "{open}\r\nX: y")],
  ["authority", ":authority, a list", changed(GET, ":authority", "{open}, {denied}")],
  ["authority", "no :authority, a denied host", [...changed(GET, ":authority"), [
    "host",
    "{denied}",
  ]]],
  ["authority", "an empty :authority beside a good host", [...changed(GET, ":authority", ""), [
    "host",
    "{open}",
  ]]],
  ["authority", "neither :authority nor host", changed(GET, ":authority")],
  ["userinfo", "in :authority", changed(GET, ":authority", "a@{open}")],
  ["userinfo", "the denied host as user", changed(GET, ":authority", "{denied}@{open}")],
  ["h2-authorities", "two of them", [[":authority", "{denied}"], ...GET]],
  ["h2-authorities", "two alike", [[":authority", "{open}"], ...GET]],
  ["h2-authorities", "host of a denied host beside it", [...GET, ["host", "{denied}"]]],
  ["h2-authorities", "two hosts beside it", [...GET, ["host", "{open}"], ["host", "{open}"]]],
  ["h2-authorities", "host in other words beside it", [...GET, ["host", "{open:name}.:1"]]],
];

const pseudo: readonly Row[] = [
  ["h2-pseudo", "no :method", changed(GET, ":method")],
  ["h2-pseudo", "no :path", changed(GET, ":path")],
  ["h2-pseudo", "no :scheme", changed(GET, ":scheme")],
  ["h2-pseudo", "two :method", [[":method", "POST"], ...GET]],
  ["h2-pseudo", "two :path", [[":path", "/smuggled"], ...GET]],
  ["h2-pseudo", "two :scheme", [[":scheme", "https"], ...GET]],
  ["h2-pseudo", ":path behind a field", [...changed(GET, ":path"), ["x", "y"], [":path", "/"]]],
  ["h2-pseudo", ":status in a request", [[":status", "200"], ...GET]],
  ["h2-pseudo", "one that nobody knows", [[":x", "y"], ...GET]],
  ["h2-pseudo", "an upper-case one", [[":Path", "/"], ...changed(GET, ":path")]],
  [
    "h2-pseudo",
    ":method with a request in it",
    changed(GET, ":method", "GET /x HTTP/1.1\r\nX: y\r\n\r\nGET"),
  ],
  ["h2-pseudo", ":method with a space", changed(GET, ":method", "GET /smuggled")],
  ["h2-pseudo", ":method in lower case", changed(GET, ":method", "get")],
  ["h2-pseudo", ":method, empty", changed(GET, ":method", "")],
  ["h2-pseudo", ":method with a tab", changed(GET, ":method", "GET\t/x")],
  ["h2-pseudo", ":path with a request in it", changed(GET, ":path", `/x${INJECTED}`)],
  ["h2-pseudo", ":path with a space", changed(GET, ":path", "/x HTTP/1.1")],
  ["h2-pseudo", ":path with a tab", changed(GET, ":path", "/x\ty")],
  ["h2-pseudo", ":path with LF", changed(GET, ":path", "/x\nX: y")],
  ["h2-pseudo", ":path with NUL", changed(GET, ":path", "/x\0")],
  ["h2-pseudo", ":path, a URI of a denied host", changed(GET, ":path", "https://{denied}/")],
  ["h2-pseudo", ":path, empty", changed(GET, ":path", "")],
  ["h2-pseudo", ":path, an asterisk", changed(GET, ":path", "*")],
  ["h2-pseudo", ":path beyond ASCII", changed(GET, ":path", "/\xe4")],
  ["h2-pseudo", ":scheme with a host in it", changed(GET, ":scheme", "https://{denied}/?")],
  ["h2-pseudo", ":scheme of plain HTTP", changed(GET, ":scheme", "http")],
  ["h2-pseudo", ":scheme in upper case", changed(GET, ":scheme", "HTTPS")],
  ["h2-pseudo", "a CONNECT inside", [[":method", "CONNECT"], [":authority", "{denied}"]]],
  ["h2-pseudo", "a CONNECT with a protocol", [
    [":protocol", "websocket"],
    ...changed(GET, ":method", "CONNECT"),
  ]],
];

const bad: readonly (readonly [technique: string, name: string, value: string])[] = [
  ["an upper-case name", "X-Upper", "y"],
  ["an upper-case length", "Content-Length", "0"],
  ["a name with a space", "x y", "z"],
  ["a name with a colon", "x:y", "z"],
  ["a name with a line's end", "x: y\r\ntransfer-encoding", "chunked"],
  ["an empty name", "", "y"],
  ["a name beyond ASCII", "x\xe4", "y"],
  ["a name with NUL", "x\0", "y"],
  ["a value with a line's end", "x", "y\r\ntransfer-encoding: chunked"],
  ["a value with a whole request", "x", "y\r\n\r\nGET /smuggled HTTP/1.1\r\nhost: {open}"],
  ["a value with LF", "x", "y\nz: a"],
  ["a value with CR", "x", "y\rz: a"],
  ["a value with NUL", "x", "y\0"],
  ["a value that begins with a blank", "x", " y"],
  ["a value that ends with a blank", "x", "y\t"],
  ["connection", "connection", "close"],
  ["connection that names a credential", "connection", "authorization"],
  ["keep-alive", "keep-alive", "timeout=5"],
  ["proxy-connection", "proxy-connection", "keep-alive"],
  ["transfer-encoding", "transfer-encoding", "chunked"],
  ["transfer_encoding", "transfer_encoding", "chunked"],
  ["upgrade", "upgrade", "h2c"],
  ["te of chunked", "te", "chunked"],
  ["te of two", "te", "trailers, deflate"],
  ["an expectation", "expect", "anything"],
];

function refusedHead([line, technique, fields]: Row): Case {
  return { line, technique, place: "HTTP/2 head", run: ask(fields), expect: refused("protocol") };
}

/** Heads. */
export const http2Fields: Group = {
  title: "heads of HTTP/2",
  cases: [
    ...[...authorities, ...pseudo].map(refusedHead),
    ...bad.map(([technique, name, value]) =>
      refusedHead(["h2-fields", technique, [...GET, [name, value]]])
    ),
    {
      line: "h2-fields",
      technique: "an honest head, te of trailers with it",
      place: "HTTP/2 head",
      run: ask([...GET, ["te", "trailers"], ["x-honest", "yes"]]),
      expect: passes({ has: ["GET /front HTTP/1.1\r\n", "{open}\r\n", "yes"], hasNot: ["\r\n:"] }, {
        heard: { has: [":status: 200", "DATA 1 ok"] },
      }),
    },
    {
      line: "h2-authorities",
      technique: "host and :authority alike",
      place: "HTTP/2 head",
      run: ask([...GET, ["host", "{open}"]]),
      expect: passes({ has: ["GET /front HTTP/1.1\r\n"] }),
    },
    {
      line: "trace",
      technique: "TRACE",
      place: "HTTP/2 head",
      run: ask(changed(GET, ":method", "TRACE")),
      expect: refused("method"),
    },
    {
      line: "git-push",
      technique: "the push",
      place: "HTTP/2 head",
      run: ask(changed(POST, ":path", "/r.git/git-receive-pack"), "0000"),
      expect: refused("git-push"),
    },
    {
      line: "big-head",
      technique: "201 fields",
      place: "HTTP/2 head",
      run: ask([...GET, ...new Array<readonly [string, string]>(200).fill(["x", "y"])]),
      expect: refused("too-large"),
    },
  ],
};
