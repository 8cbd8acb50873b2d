/** Serves a client that speaks HTTP/2 inside its tunnel: each stream is an exchange, judged for itself. */

import { connectionError, errorNameOf } from "../../../lib/egress/http2/error_code.ts";
import type { Http2Stream } from "../../../lib/egress/http2/stream.ts";
import type { IncomingRequest } from "../../../lib/egress/http2/stream_frames.ts";
import type { ConnectTarget } from "../../../lib/egress/judge/judge_connect.ts";
import type { BlockReason } from "../../../lib/egress/reason.ts";
import { BottleError } from "../../../lib/errors.ts";
import { recordUnanswered, refusalOf, refuseHead } from "../exchange/answer.ts";
import type { ClientStream } from "./client_stream.ts";
import { runExchange } from "../exchange/exchange.ts";
import { NO_HEAD } from "./http1_client.ts";
import { Http2ClientExchange } from "./http2_client_exchange.ts";
import { Http2Link } from "../http2/http2_link.ts";
import type { EngineParts } from "../parts.ts";
import type { Watch, Watchdog } from "../watchdog.ts";

/** One connection inside a tunnel. */
export interface Http2ClientSide {
  readonly client: ClientStream;
  readonly watch: Watch;
  readonly activity: { isIdle: boolean };
  readonly tunnel: ConnectTarget;
}

/** What serving takes: each stream has a clock of its own. */
export type Http2Parts = EngineParts & { readonly watchdog: Watchdog };

/** Exchanges that are still being wound up, for each that may be open: a stream is reset faster than its upstream is. */
const WINDING_UP = 2;

/** Serves until the connection ends. Never throws for what a client does. */
export async function serveHttp2(parts: Http2Parts, side: Http2ClientSide): Promise<void> {
  const session = new ClientSession(parts, side);
  const sayGoodbye = (): void => session.goAway();
  parts.closing.addEventListener("abort", sayGoodbye);
  if (parts.closing.aborted) sayGoodbye();
  try {
    await session.run();
  } finally {
    parts.closing.removeEventListener("abort", sayGoodbye);
  }
}

class ClientSession {
  readonly #parts: Http2Parts;
  readonly #side: Http2ClientSide;
  readonly #link: Http2Link;
  readonly #running = new Set<Promise<void>>();
  #clock: "none" | "idle" | "head" | "frame" = "none";
  #progress = 0;
  #isEnding = false;
  /** What only a mistake of ours can throw. */
  #bug: { readonly error: unknown } | undefined;

  constructor(parts: Http2Parts, side: Http2ClientSide) {
    this.#parts = parts;
    this.#side = side;
    const limits = parts.limits.http2;
    this.#link = new Http2Link(side.client, {
      role: "server",
      limits,
      hasRoom: () => this.#running.size < limits.streams * WINDING_UP,
      onRequest: (stream, request) => this.#take(stream, request),
      onReceived: () => this.#settle(),
      onChange: () => this.#settle(),
    });
  }

  async run(): Promise<void> {
    const { watch } = this.#side;
    watch.onExpire = (): void => this.#expire();
    this.#settle();
    try {
      await this.#link.run();
    } finally {
      this.#side.client.destroy();
      watch.disarm();
      await Promise.all(this.#running);
    }
    if (this.#bug !== undefined) throw this.#bug.error;
  }

  goAway(): void {
    this.#link.connection.goAway();
    this.#settle();
  }

  #take(stream: Http2Stream, request: IncomingRequest): void {
    const work = this.#serve(stream, request)
      .catch((error) => void (this.#bug ??= { error }))
      .finally(() => {
        this.#running.delete(work);
        this.#settle();
      });
    this.#running.add(work);
  }

  async #serve(stream: Http2Stream, request: IncomingRequest): Promise<void> {
    const watch = this.#parts.watchdog.watch();
    const { tunnel } = this.#side;
    const head = request.ok ? request.head : { ...NO_HEAD, version: "2" as const };
    const client = new Http2ClientExchange({ stream, head, tunnel, watch });
    try {
      if (request.ok) await runExchange(this.#parts, client);
      else await refuseHead(this.#parts, client, refusalOf(request.error));
    } finally {
      client.close();
      watch.end();
    }
  }

  /** Looks what the connection waits for, and what it may be made to wait. */
  #settle(): void {
    const { connection } = this.#link;
    const { activity, watch } = this.#side;
    activity.isIdle = connection.streamCount === 0 && this.#running.size === 0;
    if (connection.isOver || connection.isClosing && activity.isIdle) return this.#end();
    const { limits } = this.#parts;
    const clock = connection.partial === "none" && activity.isIdle ? "idle" : connection.partial;
    const hasMoved = connection.frameCount !== this.#progress;
    if (clock === this.#clock && !hasMoved) return;
    this.#clock = clock;
    this.#progress = connection.frameCount;
    if (clock === "none") watch.disarm();
    else watch.arm(clock === "head" ? limits.headMs : limits.idleMs);
  }

  #expire(): void {
    const { connection } = this.#link;
    if (this.#clock === "idle") return this.goAway();
    connection.end(connectionError("enhance-your-calm", "A frame that took too long to come"));
  }

  /** Says why, and lets the client read it: a reset, which unread bytes bring about, would take it with it. */
  #end(): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    const { connection } = this.#link;
    const { client, watch } = this.#side;
    connection.end();
    if (connection.error !== undefined) this.#record(connection.error);
    watch.onExpire = (): void => client.destroy();
    watch.arm(this.#parts.limits.lingerMs);
    void this.#link.flushed().then(() => client.end());
  }

  #record(error: unknown): void {
    if (!(error instanceof BottleError)) this.#bug ??= { error };
    const detail = error instanceof BottleError ? error.message : "Internal error";
    const isCalm = errorNameOf(error) === "enhance-your-calm";
    const reason: BlockReason = isCalm ? "too-many" : "protocol";
    recordUnanswered(this.#parts, this.#side.tunnel, `HTTP/2: ${detail}`, reason);
  }
}
