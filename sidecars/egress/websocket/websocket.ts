/** A WebSocket between a client and an upstream, from the handshake's end to its own. */

import type { FailReason } from "../../../lib/egress/audit/audit_row.ts";
import { type BlockReason, isBlockReason } from "../../../lib/egress/reason.ts";
import { CloseCode, type CloseCodeNumber } from "../../../lib/egress/websocket/close.ts";
import type { MakeByteFilter } from "../../../lib/egress/websocket/message_filter.ts";
import {
  type WebSocketErrorCode,
  webSocketErrorCode,
} from "../../../lib/egress/websocket/violation.ts";
import { BottleError } from "../../../lib/errors.ts";
import type { ByteDuplex } from "../body/body.ts";
import { failure } from "../exchange/failure.ts";
import type { EngineLimits } from "../limits.ts";
import { settledWithin } from "../settled_within.ts";
import type { ExchangeRecord } from "../exchange/record.ts";
import type { Watch } from "../watchdog.ts";
import { Direction } from "./websocket_direction.ts";
import { FrameSink } from "./websocket_sink.ts";

/** What {@linkcode relayWebSocket} takes. */
export interface WebSocketJob {
  readonly client: ByteDuplex;
  readonly upstream: ByteDuplex;
  /** Whether permessage-deflate was agreed on, the same with both. */
  readonly isDeflateAgreed: boolean;
  /** Makes what looks at the client's messages; undefined: nothing does. */
  readonly outbound: MakeByteFilter | undefined;
  /** Makes what looks at the upstream's. */
  readonly inbound: MakeByteFilter | undefined;
  readonly watch: Watch;
  /** Its own `onExpire` is replaced. */
  readonly limits: EngineLimits;
  /** Gets the payloads' bytes, and marks. */
  readonly record: ExchangeRecord;
  /** Aborted when the proxy shuts down: both sides are told, and that is the end. */
  readonly closing: AbortSignal;
}

/** How it ends before its sides have closed it. */
interface Ending {
  readonly toClient: CloseCodeNumber;
  readonly toUpstream: CloseCodeNumber;
  /** For the client; the upstream is told a code only. */
  readonly text: string;
  /** Undefined: nobody's fault. */
  readonly error: BottleError | undefined;
}

/**
 * Relays to the end. Both connections are to be closed then, whether it throws or not.
 *
 * @throws {BottleError} a `BlockReason`: a frame of the client's that is against the rules (`protocol`, `too-large`), or what
 * a filter says; a `FailReason`. Both sides have been sent a close where that was possible
 */
export async function relayWebSocket(job: WebSocketJob): Promise<void> {
  const { client, upstream, watch, limits, record, closing, isDeflateAgreed } = job;
  const sinks = { client: new FrameSink(client, false), upstream: new FrameSink(upstream, true) };
  const ended = Promise.withResolvers<Ending>();
  let isClosing = false;
  const onProgress = (): void => watch.arm(isClosing ? limits.idleMs : limits.silenceMs);
  using out = new Direction({
    from: client,
    to: sinks.upstream,
    isOutbound: true,
    isDeflateAgreed,
    filter: job.outbound,
    onProgress: (bytes) => {
      record.bytesUp += bytes;
      onProgress();
    },
    onFault: (error) => ended.resolve(endingOf(error, true)),
  });
  using back = new Direction({
    from: upstream,
    to: sinks.client,
    isOutbound: false,
    isDeflateAgreed,
    filter: job.inbound,
    onProgress: (bytes) => {
      record.bytesDown += bytes;
      onProgress();
    },
    onFault: (error) => ended.resolve(endingOf(error, false)),
  });
  const directions = [out, back];
  const onClosing = (): void => ended.resolve(goingAway(undefined));
  closing.addEventListener("abort", onClosing);
  if (closing.aborted) onClosing();
  watch.onExpire = (): void => ended.resolve(goingAway(failure("upstream-timeout")));
  onProgress();
  try {
    const runs = directions.map(async (direction) => {
      await direction.run();
      isClosing = true;
      onProgress();
    });
    const ending = await Promise.race([ended.promise, all(runs)]);
    if (ending === undefined) return;
    // What an upstream said before it went is still there: its close, for one.
    if (ending.error?.code === "upstream-closed") {
      await settledWithin(limits.lingerMs, runs.slice(1));
    }
    for (const direction of directions) direction.stop();
    await settledWithin(limits.lingerMs, [
      sinks.client.close(ending.toClient, ending.text),
      sinks.upstream.close(ending.toUpstream, ""),
      ...runs,
    ]);
    // An upstream that has closed, and takes no more, was only not answered.
    const isOver = ending.error?.code === "upstream-closed" && back.hasClosed;
    if (ending.error !== undefined && !isOver) throw ending.error;
  } finally {
    closing.removeEventListener("abort", onClosing);
    watch.disarm();
    if (out.cutCount + back.cutCount > 0) record.marks.push("cut-match");
  }
}

function goingAway(error: BottleError | undefined): Ending {
  return { toClient: CloseCode.goingAway, toUpstream: CloseCode.goingAway, text: "", error };
}

/** @param isClients it came of what the client sent */
function endingOf(error: unknown, isClients: boolean): Ending {
  if (!(error instanceof BottleError)) {
    // A bug of ours: told as such by whoever carries the exchange out.
    throw error;
  }
  const code = webSocketErrorCode(error);
  if (code !== undefined) return violation(error, code, isClients);
  if (isBlockReason(error.code)) {
    return {
      toClient: CloseCode.policy,
      toUpstream: CloseCode.goingAway,
      text: `Blocked: ${error.code}`,
      error,
    };
  }
  return { ...goingAway(error), toClient: CloseCode.internal };
}

function violation(error: BottleError, code: WebSocketErrorCode, isClients: boolean): Ending {
  const closeCode = closeCodes[code];
  if (!isClients) {
    return {
      toClient: CloseCode.internal,
      toUpstream: closeCode,
      text: "",
      error: failure("upstream-protocol" satisfies FailReason, error.message),
    };
  }
  const reason: BlockReason = code === "websocket-too-large" ? "too-large" : "protocol";
  return {
    toClient: closeCode,
    toUpstream: CloseCode.goingAway,
    text: error.message,
    error: new BottleError(error.message, { code: reason }),
  };
}

const closeCodes: Readonly<Record<WebSocketErrorCode, CloseCodeNumber>> = {
  "websocket-malformed": CloseCode.protocol,
  "websocket-data": CloseCode.badData,
  "websocket-too-large": CloseCode.tooLarge,
};

async function all(works: readonly Promise<void>[]): Promise<undefined> {
  await Promise.all(works);
  return undefined;
}
