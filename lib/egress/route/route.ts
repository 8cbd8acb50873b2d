/** Routes: what a bottle may reach. One vocabulary in manifests, plans and the proxy's configuration. */

/** A path as it is written, by whole segments, to the letter, or with stars. */
export interface WrittenPath {
  /** `prefix`: whole segments of the path; `exact`: all of it; `glob`: all of it, with stars. */
  readonly type: "prefix" | "exact" | "glob";
  /** Begins with `/`; percent-encoding in normal form. Only in a `glob` does a star stand for something else. */
  readonly value: string;
}

/** A path by an expression. */
export interface RegexPath {
  /** The whole path, in its normal form and without the query, has to fit. */
  readonly type: "regex";
  /** RE2's syntax. */
  readonly value: string;
}

/** How a path is compared. */
export type PathMatch = WrittenPath | RegexPath;

/** How a field of a request's head is compared (Gateway API, HTTPHeaderMatch). */
export interface HeaderMatch {
  /** Lower case; compared without case, `_` as `-`. Never one that egress takes off a request. */
  readonly name: string;
  /** `exact`: the whole value, to the letter; `regex`: the whole value, by an expression of RE2. */
  readonly type: "exact" | "regex";
  /** What every field of that name must have. */
  readonly value: string;
}

/** All that is given must hold; an empty match holds for every request. */
export interface RouteMatch {
  /** Upper case; absent: any method. */
  readonly methods?: readonly string[];
  /** One of them must hold; absent: any path. */
  readonly paths?: readonly PathMatch[];
  /** All of them must hold; absent: any fields. */
  readonly headers?: readonly HeaderMatch[];
  /** RFC 3339, UTC: from then on, by egress's clock, it holds for nothing. Absent: it stays. */
  readonly expires_at?: string;
}

/** How egress puts a credential on a request. */
export type AuthScheme =
  /** `Authorization: Bearer <token>` */
  | { readonly scheme: "bearer" }
  /** `Authorization: token <token>` (Gitea, older GitHub clients) */
  | { readonly scheme: "token" }
  /** `Authorization: Basic base64(username:token)` */
  | { readonly scheme: "basic"; readonly username: string }
  /** `<header>: <token>`, the name in lower case */
  | { readonly scheme: "header"; readonly header: string };

/** Where egress finds the credential: a slot of its configuration, `EGRESS_TOKEN_<n>`. */
export type InjectedAuth = AuthScheme & { readonly token: TokenSlot };

/** The agent's own credential passes, and none is put on: for hosts that hand out tokens at run time. */
export interface AgentAuth {
  /** Tells it from {@linkcode InjectedAuth}. */
  readonly scheme: "agent";
}

/** Whose credential goes out on a route. */
export type RouteAuth = InjectedAuth | AgentAuth;

/** Bounds of one route, each for itself. */
export interface RouteLimits {
  /** Requests in any minute, after a burst of as many. */
  readonly requests_per_minute?: number;
  /** Bytes that leave by it in the bottle's life, heads among them. */
  readonly bytes_out?: number;
  /** Bytes of one request's body. */
  readonly body_bytes?: number;
}

/** `EGRESS_TOKEN_<n>`, n from 1: one a distinct host variable. */
export type TokenSlot = `EGRESS_TOKEN_${number}`;

/** One route, validated. Snake case: it travels as JSON and is shown as YAML. */
export interface Route {
  /** Canonical host name: exact, or `*.example.com` (any depth below it, not the apex); or a literal IP address. */
  readonly host: string;
  /** Absent: 443 for https, 80 for http. */
  readonly ports?: readonly number[];
  /** OR over entries; absent or empty: every request to the host. */
  readonly matches?: readonly RouteMatch[];
  /** Whose credential goes out; absent: none. */
  readonly auth?: RouteAuth;
  /** Lets names of this route resolve to private addresses. */
  readonly allow_private?: boolean;
  /** Absent: none but the bottle's. */
  readonly limits?: RouteLimits;
  /**
   * `passthrough`: TLS is not terminated, so that the name alone is judged; never beside `auth`, `matches` or limits of
   * requests. Absent: `intercept`.
   */
  readonly tls?: "passthrough";
  /** A host of the provider's own, where the conversation with the model is. */
  readonly provider?: true;
  /** Who asked for it: `manifest <file>:<line>`, `provider claude`, `allow`. Shown, never judged by. */
  readonly origin: string;
}
