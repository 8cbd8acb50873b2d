/** A CONNECT: judged, granted, and served as the TLS connection that has to follow. */

import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { MessageReader } from "../../../lib/egress/http1/message_reader.ts";
import type { RequestHead } from "../../../lib/egress/message.ts";
import {
  type AllowedConnect,
  type ConnectDecision,
  type ConnectTarget,
  judgeConnect,
  type Refused,
} from "../../../lib/egress/judge/judge_connect.ts";
import { BottleError } from "../../../lib/errors.ts";
import { recordUnanswered, refusalOf, refuseHead } from "../exchange/answer.ts";
import { ClientStream } from "./client_stream.ts";
import { type Http2Parts, serveHttp2 } from "./http2_client.ts";
import { Http1ClientExchange, NO_HEAD } from "./http1_client.ts";
import type { ClientSide, EngineParts, NextStep } from "../parts.ts";
import { servePassthrough } from "./passthrough.ts";
import { serveRequests } from "./serve_client.ts";
import type { TlsFront } from "./tls_front.ts";

const GRANTED = new TextEncoder().encode("HTTP/1.1 200 Connection Established\r\n\r\n");

/** What serving a tunnel takes. */
export type TunnelParts = Http2Parts & { readonly front: TlsFront };

/**
 * Serves a tunnel to its end.
 *
 * @param side the connection to the proxy itself
 * @param raw its socket
 */
export async function serveTunnel(
  parts: TunnelParts,
  side: ClientSide,
  raw: Socket,
  head: RequestHead,
): Promise<NextStep> {
  const decision = judge(parts, head);
  if (!decision.ok) return await refuseConnect(parts, side, decision);
  const { target, route } = decision;
  const isLeftAlone = route.tls === "passthrough";
  if (side.reader.hasBuffered || (isLeftAlone ? side.client.hasBuffered : !side.client.detach())) {
    // Before the grant nobody knows what they are, and TLS could not read them again.
    const detail = "Bytes came before the tunnel was granted";
    return await refuseConnect(parts, side, { ok: false, reason: "protocol", detail, target });
  }
  if (isLeftAlone) return await passThrough(parts, side, decision);
  const tls = await startTls(parts, side, raw, target);
  if (tls !== undefined) await serveInner(parts, side, new ClientStream(tls, raw), target, tls);
  return { kind: "gone" };
}

/** By the protocol that the client chose among those it was offered. */
async function serveInner(
  parts: TunnelParts,
  { watch, activity }: ClientSide,
  client: ClientStream,
  tunnel: ConnectTarget,
  { alpnProtocol }: TLSSocket,
): Promise<void> {
  if (alpnProtocol === "h2") return await serveHttp2(parts, { client, watch, activity, tunnel });
  const reader = new MessageReader(client);
  await serveRequests(parts, { client, reader, watch, activity, tunnel });
}

async function passThrough(
  parts: TunnelParts,
  side: ClientSide,
  connect: AllowedConnect,
): Promise<NextStep> {
  const reservation = parts.audit.reserve();
  if (reservation === undefined) {
    const detail = "The audit takes no more rows, and nothing passes unrecorded";
    const { target } = connect;
    return await refuseConnect(parts, side, {
      ok: false,
      reason: "audit-unavailable",
      detail,
      target,
    });
  }
  const grant = (): Promise<void> => side.client.write(GRANTED);
  await servePassthrough(parts, { side, connect, grant, reservation });
  return { kind: "gone" };
}

async function refuseConnect(
  parts: EngineParts,
  side: ClientSide,
  refused: Refused,
): Promise<NextStep> {
  await refuseHead(parts, new Http1ClientExchange(side, NO_HEAD), refused, "connect");
  return { kind: "end" };
}

async function startTls(
  parts: TunnelParts,
  { watch, activity }: ClientSide,
  raw: Socket,
  target: ConnectTarget,
): Promise<TLSSocket | undefined> {
  watch.onExpire = (): void => void raw.destroy();
  watch.arm(parts.limits.headMs);
  activity.isIdle = true;
  try {
    await write(raw, GRANTED);
    return await parts.front.accept(raw, target.host);
  } catch (error) {
    raw.destroy();
    if (!(error instanceof BottleError)) throw error;
    if (error.code === "tls-refused") recordUnanswered(parts, target, error.message);
    return undefined;
  } finally {
    activity.isIdle = false;
    watch.disarm();
  }
}

function judge(parts: EngineParts, head: RequestHead): ConnectDecision {
  try {
    return judgeConnect(parts.policy.table, head);
  } catch (error) {
    return refusalOf(error);
  }
}

function write(raw: Socket, bytes: Uint8Array): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const onClose = (): void =>
    reject(new BottleError("The client is gone", { code: "client-closed" }));
  raw.once("close", onClose);
  raw.write(bytes, () => {
    raw.off("close", onClose);
    resolve();
  });
  return promise;
}
