/** Opaque tunnels: only the name can be judged, and it is judged before anything goes out. */

import { type Case, type Group, passes, refused } from "../case.ts";
import { inBareTunnel } from "../moves.ts";
import { clientHello, type ClientHelloOptions } from "../raw_hello.ts";
import type { OwnUpstream } from "../stage.ts";

/** Takes what comes; nobody here speaks TLS. */
const opaque: OwnUpstream = {
  route: { tls: "passthrough" },
  behaviour: async (wire) => {
    await wire.until("marker");
    await wire.write("HTTP/1.1 204 No Content\r\n\r\n");
  },
};

function hello(name: Parameters<typeof clientHello>[0], options?: ClientHelloOptions): Case["run"] {
  return async (stage) => {
    const filled = typeof name === "string" ? stage.fill(name) : name?.map(stage.fill);
    const bytes = clientHello(filled, options);
    return await inBareTunnel("{opaque}", Uint8Array.from([...bytes, ...MARKER]))(stage);
  };
}

/** What must not arrive behind a hello that is refused. */
const MARKER = new TextEncoder().encode("\x17\x03\x03\x00\x06marker");

const refusals: readonly (readonly [technique: string, run: Case["run"]])[] = [
  ["a denied name", hello("{denied:name}")],
  ["another allowed name", hello("{open:name}")],
  ["a name below", hello("x.{opaque:name}")],
  ["a name that ends alike", hello("evil-{opaque:name}")],
  ["no name", hello(undefined)],
  ["an empty name", hello("")],
  ["an empty list of names", hello([])],
  ["two names, the honest first", hello(["{opaque:name}", "{denied:name}"])],
  ["two names alike", hello(["{opaque:name}", "{opaque:name}"])],
  ["a name with NUL", hello("{opaque:name}\0.{denied:name}")],
  ["an address", hello("127.0.0.1")],
  ["a name of another type", hello("{opaque:name}", { nameType: 1 })],
  ["the name twice, in two extensions", hello("{opaque:name}", { extensions: [[0, [0, 0]]] })],
  [
    "an encrypted name beside it",
    hello("{opaque:name}", { extensions: [[0xfe0d, [0, 0, 1, 0, 1]]] }),
  ],
  ["ssh", inBareTunnel("{opaque}", "SSH-2.0-OpenSSH_9.2\r\nmarker")],
  ["an HTTP request", inBareTunnel("{opaque}", "GET /marker HTTP/1.1\r\nHost: {opaque}\r\n\r\n")],
  ["zeros", inBareTunnel("{opaque}", "\0\0\0\0\0\0marker")],
  ["an alert", inBareTunnel("{opaque}", "\x15\x03\x01\x00\x02\x02\x28marker")],
  ["a record that is no handshake's end", inBareTunnel("{opaque}", "\x16\x03\x01\x40\x01marker")],
  [
    "a record of nothing, again and again",
    inBareTunnel("{opaque}", "\x16\x03\x01\0\0".repeat(500)),
  ],
];

/** Opaque tunnels. */
export const passthrough: Group = {
  title: "opaque tunnels",
  stage: { upstreams: { opaque }, limits: { headMs: 800, lingerMs: 200 } },
  cases: [
    ...refusals.map(([technique, run]): Case => ({
      line: "passthrough",
      technique,
      place: "in the place of an honest ClientHello",
      run,
      expect: refused("protocol"),
    })),
    {
      line: "passthrough",
      technique: "the name of the CONNECT",
      place: "ClientHello",
      run: hello("{opaque:name}"),
      expect: passes({ has: ["{opaque:name}", "marker"] }),
    },
    {
      line: "passthrough",
      technique: "the name of the CONNECT, in two records",
      place: "ClientHello",
      run: hello("{opaque:name}", { cutAt: 60 }),
      expect: passes({ has: ["marker"] }),
    },
  ],
};
