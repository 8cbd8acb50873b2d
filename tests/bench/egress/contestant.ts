/** Who is measured. */

import type { CertificateAuthority } from "../../../lib/egress/config.ts";
import type { Leaf } from "../../../lib/pki/leaf.ts";
import type { Way } from "./job.ts";

/** What each of them is told. */
export interface Surroundings {
  /** A folder for all of its files; others may look into it, as squid runs as another user. */
  readonly folder: string;
  readonly originPort: number;
  readonly promptPort: number;
  /** Signed the origin's certificate. */
  readonly originCaPem: string;
  /** A certificate authority for the rivals: of the same kind as the one that ours makes for itself. */
  readonly proxyCa: CertificateAuthority;
  /** For the origin, instead of the client's placeholder. */
  readonly token: string;
}

/** One that is running. */
export interface Contestant extends AsyncDisposable {
  readonly name: ContestantName;
  readonly way: Way;
  /** Null: there is no program, the client speaks with the origin. */
  readonly pid: number | null;
  /** A row or line for each request; null: it refuses nothing and records nothing. */
  readonly auditFile: string | null;
  /** Whether it redacts the credential from what comes back. */
  readonly redacts: boolean;
  /** What it did while it was measured, in words. */
  readonly on: readonly string[];
}

/** Their names in tables and in JSON. */
export type ContestantName = "direct" | "ours" | "mitmproxy" | "squid" | "node-http";

/** The origin's certificate and who signed it. */
export interface OriginIdentity {
  readonly leaf: Leaf;
  readonly caPem: string;
}
