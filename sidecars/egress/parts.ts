/** What the exchanges of a proxy share, and what belongs to one client's connection. */

import type { MessageReader } from "../../lib/egress/http1/message_reader.ts";
import type { ConnectTarget } from "../../lib/egress/judge/judge_connect.ts";
import type { AuditSender } from "../audit/audit_sender.ts";
import type { ClientStream } from "./client/client_stream.ts";
import type { Counters } from "./counters.ts";
import type { Dialer } from "./upstream/dialer.ts";
import type { EngineLimits } from "./limits.ts";
import type { Policy } from "./policy.ts";
import type { RouteMeters } from "./inspect/route_meters.ts";
import type { Watch } from "./watchdog.ts";

/** What all exchanges of a proxy share. */
export interface EngineParts {
  readonly policy: Policy;
  readonly dialer: Dialer;
  readonly audit: AuditSender;
  readonly counters: Counters;
  readonly limits: EngineLimits;
  readonly meters: RouteMeters;
  /** Aborted when the proxy shuts down: connections end after the exchange at hand. */
  readonly closing: AbortSignal;
}

/** One client's connection of HTTP/1.1, and where its tunnel leads. */
export interface ClientSide {
  readonly client: ClientStream;
  readonly reader: MessageReader;
  readonly watch: Watch;
  /** Undefined: the connection to the proxy itself. */
  readonly tunnel: ConnectTarget | undefined;
  /** Whether it is between two requests: then a shutdown need not wait for it. */
  readonly activity: { isIdle: boolean };
}

/** Whether another request may follow on the connection. */
export type NextStep =
  | { readonly kind: "next" }
  /** It ends; `discardRest` reads away what the client still sends of the request. */
  | { readonly kind: "end"; readonly discardRest?: () => Promise<void> }
  | { readonly kind: "gone" };
