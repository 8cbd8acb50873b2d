/** What `explainRequest` takes and says. */

import type { SentRequest } from "./explain_sent.ts";
import type { OpenBlocks } from "../host/destination.ts";
import type { Host } from "../host/host.ts";
import type { IpAddress } from "../host/ip.ts";
import type { ConnectTarget } from "../judge/judge_connect.ts";
import type { Placeholder } from "../credential/placeholder.ts";
import type { BlockReason } from "../reason.ts";
import type { Route } from "../route/route.ts";
import type { RouteTable } from "../route/route_table.ts";

/** The steps of a request, in their order. */
export const stepNames = [
  "parse",
  "destination",
  "route",
  "scan",
  "credentials",
  "address",
] as const;

/** One of {@linkcode stepNames}. */
export type StepName = typeof stepNames[number];

/** What became of a step. `open`: it can't be told without asking a resolver. `skipped`: it is not reached, or has nothing to do. */
export interface Step {
  readonly name: StepName;
  readonly outcome: "passes" | "refused" | "open" | "skipped";
  /** In words; holds no value of a field. */
  readonly detail: string;
}

/** What egress would say. */
export interface Explanation {
  readonly verdict: "passes" | "refused";
  /** The address rule is left to the moment: what passes may still be refused by it. */
  readonly isAddressOpen: boolean;
  readonly steps: readonly Step[];
  /** Why, if it is refused, and what its answer tells the agent to do. */
  readonly refusal:
    | { readonly reason: BlockReason; readonly detail: string; readonly hint: string }
    | undefined;
  readonly target: ConnectTarget | undefined;
  /** Path and query, as they came; undefined where that was not reached. */
  readonly path: string | undefined;
  /** That decided, either way. */
  readonly route: Route | undefined;
  /** Undefined of what is refused, and under `tls: passthrough`. */
  readonly sent: SentRequest | undefined;
}

/** What a request is judged by. */
export interface ExplainOptions {
  readonly table: RouteTable;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** What the name is taken to resolve to; absent: nobody asks. */
  readonly addresses?: readonly IpAddress[];
  /** What the agent holds instead of credentials. */
  readonly placeholders: readonly Placeholder[];
  /** Networks that the bundle joins. */
  readonly exceptions: OpenBlocks;
  /** Hosts that may have addresses of a joined network, whose blocks only the engine knows. */
  readonly joined: ReadonlySet<string>;
  /** Whether a host is reached through a company proxy, which alone knows its addresses. */
  readonly isProxied: (host: Host) => boolean;
}

/** A step that a request passes. */
export function passed(name: StepName, detail: string): Step {
  return { name, outcome: "passes", detail };
}
