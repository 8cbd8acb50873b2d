/** What a look at routes can find. */

import type { SourcePlace } from "../errors.ts";

/** The kinds of findings; stable, for programs. */
export const findingCodes = [
  "wildcard-shared",
  "wildcard-credential",
  "wildcard",
  "shared-host",
  "drop-box",
  "credential-everything",
  "credential-write",
  "credential-shared-host",
  "credential-many-sites",
  "credential-plain-http",
  "passthrough",
  "agent-credential",
  "private-addresses",
  "broad-path",
  "shadowed-match",
  "expired-match",
] as const;

/** One of {@linkcode findingCodes}. */
export type FindingCode = typeof findingCodes[number];

/** How bad: `danger` opens a way out, or a credential, to people nobody chose; `note` is worth knowing. */
export type Severity = "danger" | "warning" | "note";

/** One finding. */
export interface Finding {
  readonly code: FindingCode;
  readonly severity: Severity;
  /** The route's. */
  readonly host: string;
  /** A sentence without a full stop. */
  readonly message: string;
  /** What to do about it, in one line. */
  readonly remedy: string;
  /** Where the route is written. */
  readonly place: SourcePlace;
  /** Where the fact that it goes by is published; undefined: it follows from egress's own rules. */
  readonly source: string | undefined;
}
