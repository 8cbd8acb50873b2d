/** One technique in one place: what the attacker does, and what upstreams may and may not have got of it. */

import type { FailReason } from "../../../lib/egress/audit/audit_row.ts";
import type { BlockReason } from "../../../lib/egress/reason.ts";
import type { ThreatId } from "../threats.ts";
import type { Respond } from "./sink.ts";
import type { Stage, StageOptions } from "./stage.ts";

/** Parts of a text; `{open}` and its like as in `hosts.ts`. */
export interface TextRule {
  readonly has?: readonly string[];
  readonly hasNot?: readonly string[];
}

/** What has to come of an attack. The sink decides; the row says whether it was refused for the right reason. */
export interface Expectation {
  /** What all upstreams together got: `nothing` is not even a connection. */
  readonly sink: "nothing" | TextRule;
  /** The rows that the attack leaves, in any order: `allowed`, or the reason. Absent: as many as it got through. */
  readonly rows?: readonly ("allowed" | "blocked" | BlockReason | FailReason)[];
  /** Marks that one of the rows has. */
  readonly marks?: readonly string[];
  /** What the attacker gets. */
  readonly heard?: TextRule;
}

/** What a case is about. */
export interface Covered {
  /** The line of the threat list. */
  readonly line: ThreatId;
  readonly technique: string;
  /** Where in the traffic: a CONNECT, a Host field, a tunnel's request … */
  readonly place: string;
}

/** A case that is data. */
export interface Case extends Covered {
  /** What the attacker does. @returns what came back */
  readonly run: (stage: Stage) => Promise<string>;
  readonly expect: Expectation;
  /** How upstreams answer meanwhile; default: `200`, `ok`. */
  readonly respond?: Respond;
}

/** Cases that share a proxy. */
export interface Group {
  readonly title: string;
  readonly stage?: StageOptions;
  readonly cases: readonly Case[];
}

/** Refused before anything went out. */
export function refused(reason: BlockReason, ...marks: readonly string[]): Expectation {
  return { sink: "nothing", rows: [reason], ...(marks.length === 0 ? {} : { marks }) };
}

/** Let through, as it should be: with this in it, and without that. */
export function passes(sink: TextRule, more: Partial<Expectation> = {}): Expectation {
  return { sink, rows: ["allowed"], ...more };
}
