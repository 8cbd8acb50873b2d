/** Where a repository really is, as a manifest names it: no secret is part of it. */

import type { HostKey } from "./host_key.ts";

/** By ssh, with the one key that the host may show. */
export interface SshAddress {
  /** Tells it from {@linkcode HttpsAddress}. */
  readonly scheme: "ssh";
  /** Whom git logs in as. */
  readonly user: string;
  /** Canonical; an IPv6 address without brackets. */
  readonly host: string;
  /** 1 to 65,535. */
  readonly port: number;
  /** Absolute, `~user/…`, or relative to the user's home. */
  readonly path: string;
  /** What `host_key` says. */
  readonly hostKey: HostKey;
}

/** By https. */
export interface HttpsAddress {
  /** Tells it from {@linkcode SshAddress}. */
  readonly scheme: "https";
  /** Canonical; an IPv6 address without brackets. */
  readonly host: string;
  /** 1 to 65,535. */
  readonly port: number;
  /** Begins with a slash. */
  readonly path: string;
}

/** An upstream's address. */
export type UpstreamAddress = SshAddress | HttpsAddress;
