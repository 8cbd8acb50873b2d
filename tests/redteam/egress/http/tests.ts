/** What cases of the section "HTTP" stand in tests of their own. */

import type { Covered } from "../case.ts";

/** Connections of `connections_test.ts`; `deno task soak` takes 10,000. */
export const HELD_CONNECTIONS = 2_000;

/** How they are held. */
export const HOLDS = {
  "nothing is said": "",
  "a head that has begun": "GET http://x/ HTTP/1.1\r\nX: ",
  "a CONNECT, and no TLS behind it": "CONNECT {open} HTTP/1.1\r\nHost: {open}\r\n\r\n",
  "a body that has begun":
    "POST http://{open:http}/ HTTP/1.1\r\nHost: {open:http}\r\nContent-Length: 99999\r\n\r\nx",
} as const;

/** Techniques of `company_proxy_test.ts`. */
export const COMPANY = [
  "the bottle's credential is inside TLS, the company proxy sees a name",
  "the company's password goes to no upstream",
  "what the agent says to its proxy is not passed on",
  "a company proxy that answers with TLS of its own gets nothing",
  "a company proxy that refuses is no way out",
] as const;

/** All of them. */
export const httpTests: readonly Covered[] = [
  ...Object.keys(HOLDS).map((technique) => ({
    line: "connections" as const,
    technique: `${HELD_CONNECTIONS} of them: ${technique}`,
    place: "listener",
  })),
  { line: "bomb-size", technique: "256 MB up to an upstream that does not read", place: "body" },
  {
    line: "bomb-size",
    technique: "256 MB down to an agent that does not read",
    place: "response",
  },
  ...COMPANY.map((technique) => ({
    line: "company-proxy" as const,
    technique,
    place: "company proxy",
  })),
];
