/** Routes: what a bottle may reach. One vocabulary in manifests, plans and the proxy's configuration. */

/** How a path is compared: by whole segments, to the letter, or with stars. */
export interface PathMatch {
  /** `prefix`: whole segments of the path; `exact`: all of it; `glob`: all of it, with stars. */
  readonly type: "prefix" | "exact" | "glob";
  /** Begins with `/`; percent-encoding in normal form. Only in a `glob` does a star stand for something else. */
  readonly value: string;
}

/** All that is given must hold; an empty match holds for every request. */
export interface RouteMatch {
  /** Upper case; absent: any method. */
  readonly methods?: readonly string[];
  /** One of them must hold; absent: any path. */
  readonly paths?: readonly PathMatch[];
  /** RFC 3339, UTC: from then on, by egress's clock, it holds for nothing. Absent: it stays. */
  readonly expires_at?: string;
}

/** How the credential is put on a request. */
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
export type RouteAuth = AuthScheme & { readonly token: TokenSlot };

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
  /** The credential that egress puts on; absent: none. */
  readonly auth?: RouteAuth;
  /** Lets names of this route resolve to private addresses. */
  readonly allow_private?: boolean;
  /** Who asked for it: `manifest <file>:<line>`, `provider claude`, `allow`. Shown, never judged by. */
  readonly origin: string;
}
