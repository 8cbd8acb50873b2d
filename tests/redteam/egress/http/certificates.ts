/** Upstreams that cannot show who they are: they get nothing, and above all no credential. */

import {
  expiredLeaf,
  selfSignedLeaf,
  testAuthority,
} from "../../../support/egress/certificates.ts";
import { type Case, type Group, refused } from "../case.ts";
import { inTunnel } from "../moves.ts";
import type { OwnUpstream } from "../stage.ts";
import type { ThreatId } from "../../threats.ts";

const keyed = { auth: { scheme: "bearer", token: "EGRESS_TOKEN_1" } } as const;

/** Speaks first, as SMTP does. */
const greeting: OwnUpstream = {
  route: keyed,
  behaviour: async (wire) => {
    await wire.write("220 ready\r\n");
    await wire.rest();
  },
};

/** Answers a ClientHello with a ServerHello of an older version. */
function speaking(minor: number): OwnUpstream {
  const body = [3, minor, ...new Array<number>(32).fill(7), 0, 0, 0x2f, 0];
  const handshake = [2, 0, 0, body.length, ...body];
  const record = Uint8Array.of(0x16, 3, minor, 0, handshake.length, ...handshake);
  return {
    route: keyed,
    behaviour: async (wire) => {
      await wire.write(record);
      await wire.rest();
    },
  };
}

const upstreams = {
  expired: { route: keyed, certificate: (_, name) => expiredLeaf(name) },
  selfsigned: {
    route: keyed,
    certificate: async (_, name) => ({ leaf: await selfSignedLeaf(name) }),
  },
  misnamed: {
    route: keyed,
    certificate: async ({ issuer }) => ({
      leaf: await issuer.leafFor({ kind: "name", value: "other.localhost" }),
    }),
  },
  lookalike: {
    route: keyed,
    certificate: async ({ issuer }, name) => ({
      leaf: await issuer.leafFor({ kind: "name", value: `${name}.evil.localhost` }),
    }),
  },
  addressed: {
    route: keyed,
    certificate: async ({ issuer }) => ({
      leaf: await issuer.leafFor({ kind: "ip", value: "127.0.0.1" }),
    }),
  },
  stranger: {
    route: keyed,
    certificate: async (_, name) => ({
      leaf: await (await testAuthority()).issuer.leafFor({ kind: "name", value: name }),
    }),
  },
  greeting,
  tlsone: speaking(1),
  tlsoneone: speaking(2),
  ssl: speaking(0),
} as const satisfies Readonly<Record<string, OwnUpstream>>;

const rows: readonly (readonly [line: ThreatId, technique: string, key: keyof typeof upstreams])[] =
  [
    ["cert-expired", "ran out last year", "expired"],
    ["cert-self-signed", "signed by itself", "selfsigned"],
    ["cert-name", "of another host", "misnamed"],
    ["cert-name", "of a name that begins alike", "lookalike"],
    ["cert-name", "of its address", "addressed"],
    ["cert-issuer", "of an authority that nobody trusts", "stranger"],
  ];

const noTls: readonly (readonly [technique: string, key: keyof typeof upstreams])[] = [
  ["a greeting in the place of TLS", "greeting"],
  ["a ServerHello of TLS 1.0", "tlsone"],
  ["a ServerHello of TLS 1.1", "tlsoneone"],
  ["a ServerHello of SSL 3", "ssl"],
];

const requests = [
  ["a GET", "GET /get HTTP/1.1\r\nHost: HOST\r\n\r\n"],
  ["a POST", "POST /post HTTP/1.1\r\nHost: HOST\r\nContent-Length: 6\r\n\r\nsecret"],
] as const;

/** What no such upstream may have got. */
const NOTHING = ["{bearer}", "Authorization", "secret", "HTTP/1.1"];

/** Certificates. */
export const certificates: Group = {
  title: "certificates of upstreams",
  stage: { upstreams },
  cases: [
    ...rows.flatMap(([line, technique, key]) =>
      requests.map(([place, text]): Case => ({
        line,
        technique,
        place,
        run: inTunnel(`{${key}}`, text.replace("HOST", `{${key}}`)),
        expect: {
          ...refused("upstream-tls"),
          sink: { hasNot: NOTHING },
          heard: { has: ["HTTP/1.1 502", "x-bot-bottle-block: upstream-tls"] },
        },
      }))
    ),
    ...noTls.map(([technique, key]): Case => ({
      line: "cert-protocol",
      technique,
      place: "a GET",
      run: inTunnel(`{${key}}`, `GET / HTTP/1.1\r\nHost: {${key}}\r\n\r\n`),
      expect: {
        sink: { hasNot: NOTHING },
        rows: ["upstream-tls"],
        heard: { has: ["HTTP/1.1 502"] },
      },
    })),
  ],
};
