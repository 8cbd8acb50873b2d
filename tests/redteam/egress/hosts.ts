/**
 * The hosts of the stage. Names below `localhost` are loopback on every machine (RFC 6761, 6.3), so that the real program
 * finds them. Each route is a wildcard, and each case has names of its own below it: its rows are told from others'.
 */

import type { Route } from "../../../lib/egress/route/route.ts";

/** Names that routes lead to, and what each is for. */
export const HOSTS = {
  /** Everything goes, no credential. */
  open: "open.localhost",
  /** A bearer token goes on. */
  keyed: "keyed.localhost",
  /** `x-api-key` goes on. */
  header: "header.localhost",
  /** Google's header goes on. */
  google: "google.localhost",
  /** Basic goes on. */
  basic: "basic.localhost",
  /** A provider's own: the conversation with the model is there, and a bearer token goes on. */
  provider: "provider.localhost",
  /** `GET` and `HEAD` below `/ok` only. */
  narrow: "narrow.localhost",
  /** Named by a route that opens no private address: it is loopback, and so never reached. */
  closed: "closed.localhost",
  /** Without a route. */
  denied: "denied.localhost",
} as const;

/** A name of {@linkcode HOSTS}. */
export type HostKey = keyof typeof HOSTS;

/** Ports that upstreams listen on. */
export interface Ports {
  readonly tls: number;
  readonly http: number;
}

/** The routes to them. */
export function routesTo({ tls, http }: Ports): readonly Omit<Route, "origin">[] {
  const open = { ports: [tls, http], allow_private: true };
  return [
    { host: below("open"), ...open },
    { host: below("keyed"), ...open, auth: { scheme: "bearer", token: "EGRESS_TOKEN_1" } },
    {
      host: below("header"),
      ...open,
      auth: { scheme: "header", header: "x-api-key", token: "EGRESS_TOKEN_2" },
    },
    {
      host: below("google"),
      ...open,
      auth: { scheme: "header", header: "x-goog-api-key", token: "EGRESS_TOKEN_2" },
    },
    {
      host: below("basic"),
      ...open,
      auth: { scheme: "basic", username: "bottle", token: "EGRESS_TOKEN_1" },
    },
    {
      host: below("provider"),
      ...open,
      provider: true,
      auth: { scheme: "bearer", token: "EGRESS_TOKEN_1" },
    },
    {
      host: below("narrow"),
      ...open,
      matches: [{ methods: ["GET", "HEAD"], paths: [{ type: "prefix", value: "/ok" }] }],
    },
    { host: below("closed"), ports: [tls, http] },
  ];
}

/** The wildcard that has a host's names. */
export function below(key: HostKey): string {
  return `*.${HOSTS[key]}`;
}

/** Values of the bottle's credentials: what must never go anywhere but where it belongs. */
export const TOKENS = {
  EGRESS_TOKEN_1: "sk-red-team-bearer-5f2a91c3d7e8",
  EGRESS_TOKEN_2: "sk-red-team-header-b64e0d19f3a2",
} as const;

/** What the agent holds instead of them: made as `makePlaceholder` makes it. */
export const PLACEHOLDERS = [
  { value: "sk-ant-bot-bottle-redteam-ab12c-Aa1Bb2Cc3Dd4Ee5Ff6Gg7H", token: "EGRESS_TOKEN_1" },
  { value: "ghp_bot-bottle-redteam-ab12c-Zz9Yy8Xx7Ww6Vv5Uu4Tt3S", token: "EGRESS_TOKEN_2" },
] as const;

/** Another bottle's. */
const ANOTHER = "sk-ant-bot-bottle-other-zz99z-Mm1Nn2Oo3Pp4Qq5Rr6Ss7T";

/** What the attacker calls its own. */
export const THEIRS = "attacker-credential-c0ffee";

/** A host of a stage's own, beside {@linkcode HOSTS}. */
export interface OwnHost {
  readonly name: string;
  readonly port: number;
  /** Each case has a name of its own below it. */
  readonly isBelow: boolean;
}

/** What texts are filled in with. */
export interface Filling {
  readonly ports: Ports;
  /** First label of the names of {@linkcode HOSTS}. */
  readonly label: string;
  /** By their keys. */
  readonly own: ReadonlyMap<string, OwnHost>;
}

/**
 * Puts hosts into a text: `{open}` is a name of that kind with the port of TLS, `{open:http}` with the plain port, `{open:name}`
 * without one. `{bearer}` and `{apikey}` are the bottle's credentials, `{mine}` and `{second}` their placeholders, `{another}` another
 * bottle's, `{theirs}` the attacker's.
 */
export function fill(text: string, { ports, label, own }: Filling): string {
  return text.replace(/\{([a-z]+)(?::(http|name))?\}/g, (whole, key: string, form?: string) => {
    if (isValue(key)) return VALUES[key];
    const other = own.get(key);
    if (other !== undefined) {
      const name = other.isBelow ? `${label}.${other.name}` : other.name;
      return form === "name" ? name : `${name}:${other.port}`;
    }
    if (!isHostKey(key)) return whole;
    const name = `${label}.${HOSTS[key]}`;
    if (form === "name") return name;
    return `${name}:${form === "http" ? ports.http : ports.tls}`;
  });
}

const VALUES = {
  bearer: TOKENS.EGRESS_TOKEN_1,
  apikey: TOKENS.EGRESS_TOKEN_2,
  mine: PLACEHOLDERS[0].value,
  second: PLACEHOLDERS[1].value,
  another: ANOTHER,
  theirs: THEIRS,
} as const;

function isValue(text: string): text is keyof typeof VALUES {
  return Object.hasOwn(VALUES, text);
}

function isHostKey(text: string): text is HostKey {
  return Object.hasOwn(HOSTS, text);
}
